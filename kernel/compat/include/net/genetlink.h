/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shadow of <net/genetlink.h>: split operations (from 6.2) for a family, and
 * the attributes of a dump request (struct genl_info there from 6.7). Goes
 * when the oldest supported kernel is 6.7.
 */
#ifndef REDUND_COMPAT_NET_GENETLINK_H
#define REDUND_COMPAT_NET_GENETLINK_H

#include <linux/version.h>
#include_next <net/genetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define genl_dump_attrs(cb)	(genl_dumpit_info(cb)->attrs)
#else
#define genl_dump_attrs(cb)	(genl_info_dump(cb)->attrs)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
struct genl_split_ops {
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	const struct nla_policy *policy;
	unsigned int maxattr;
	u8 cmd;
	u8 flags;
};

/* What the generator fills in; the kernel's family and table are made of it. */
struct redund_genl_family {
	struct genl_family family;
	struct genl_ops ops[32];
	char name[GENL_NAMSIZ];
	unsigned int version;
	u8 netnsok:1;
	u8 parallel_ops:1;
	u8 n_split_ops;
	u8 n_mcgrps;
	struct module *module;
	const struct genl_split_ops *split_ops;
	const struct genl_multicast_group *mcgrps;
};

/* do and dump of one command are neighbours and share one attribute list */
static inline int redund_genl_register_family(struct redund_genl_family *f)
{
	struct genl_ops *op = f->ops - 1;
	unsigned int i;

	for (i = 0; i < f->n_split_ops; i++) {
		const struct genl_split_ops *s = &f->split_ops[i];

		if (!i || s->cmd != op->cmd)
			op++;
		if (op == f->ops + ARRAY_SIZE(f->ops))
			return -E2BIG;
		op->cmd = s->cmd;
		op->policy = s->policy;
		op->maxattr = s->maxattr;
		op->flags = s->flags & GENL_ADMIN_PERM;
		if (s->flags & GENL_CMD_CAP_DO)
			op->doit = s->doit;
		else
			op->dumpit = s->dumpit;
	}
	strscpy(f->family.name, f->name, sizeof(f->family.name));
	f->family.version = f->version;
	f->family.netnsok = f->netnsok;
	f->family.parallel_ops = f->parallel_ops;
	f->family.module = f->module;
	f->family.ops = f->ops;
	f->family.n_ops = op + 1 - f->ops;
	f->family.mcgrps = f->mcgrps;
	f->family.n_mcgrps = f->n_mcgrps;
	return genl_register_family(&f->family);
}

#define genl_family redund_genl_family
#define genl_register_family(f) redund_genl_register_family(f)
#define genl_unregister_family(f) genl_unregister_family(&(f)->family)
#define genlmsg_put(skb, portid, seq, f, flags, cmd) \
	genlmsg_put(skb, portid, seq, &(f)->family, flags, cmd)
#define genlmsg_put_reply(skb, info, f, flags, cmd) \
	genlmsg_put_reply(skb, info, &(f)->family, flags, cmd)
#define genlmsg_multicast_allns(f, skb, portid, group) \
	genlmsg_multicast_allns(&(f)->family, skb, portid, group)
#endif /* before 6.2 */

#endif /* REDUND_COMPAT_NET_GENETLINK_H */
