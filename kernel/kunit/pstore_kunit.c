// SPDX-License-Identifier: GPL-2.0-only
/* Who is the back end of pstore: the first to come, of whatever kind it is. */
#include <linux/pstore.h>
#include "mock.h"

static char other_buf[256];

static ssize_t other_read(struct pstore_record *record)
{
	return 0;
}

static int other_write(struct pstore_record *record)
{
	return 0;
}

static struct pstore_info other = {
	.owner = THIS_MODULE,
	.name = "other",
	.flags = PSTORE_FLAGS_DMESG,
	.buf = other_buf,
	.bufsize = sizeof(other_buf),
	.read = other_read,
	.write = other_write,
};

/* An instance whose end is that of this kernel. */
static struct mock *own(struct kunit *test, struct redund_bp_ops *ops)
{
	struct mock *m = mock_create(test, 1);

	*ops = *m->rd->ops;
	ops->own_kernel = true;
	m->rd->ops = ops;
	m->rd->dev.init_name = "mock";
	return m;
}

static bool taken(void)
{
	int ret = pstore_register(&other);

	if (!ret)
		pstore_unregister(&other);
	return ret == -EBUSY;
}

static void another_back_end_stays(struct kunit *test)
{
	struct redund_bp_ops ops;
	struct mock *m = own(test, &ops);

	KUNIT_ASSERT_EQ(test, pstore_register(&other), 0);
	rd_pstore_init(m->rd);
	rd_pstore_exit(m->rd);
	pstore_unregister(&other);
	/* It was not taken over later either, and is free now. */
	KUNIT_EXPECT_FALSE(test, taken());
}

static void the_first_instance_is_it(struct kunit *test)
{
	struct redund_bp_ops ops[2];
	struct mock *first = own(test, &ops[0]), *second = own(test, &ops[1]);

	rd_pstore_init(first->rd);
	rd_pstore_init(second->rd);
	KUNIT_EXPECT_TRUE(test, taken());
	rd_pstore_exit(second->rd);
	KUNIT_EXPECT_TRUE(test, taken());
	rd_pstore_exit(first->rd);
	KUNIT_EXPECT_FALSE(test, taken());
}

static void a_simulated_module_is_none(struct kunit *test)
{
	struct mock *m = mock_create(test, 1);

	rd_pstore_init(m->rd);
	KUNIT_EXPECT_FALSE(test, taken());
	rd_pstore_exit(m->rd);
}

static struct kunit_case pstore_cases[] = {
	MOCK_CASE(another_back_end_stays, "another back end of pstore stays, and is no failure"),
	MOCK_CASE(the_first_instance_is_it, "the first instance is the back end of pstore"),
	MOCK_CASE(a_simulated_module_is_none, "a module that is not this kernel is none"),
	{}
};

static struct kunit_suite pstore_suite = {
	.name = "redund-pstore",
	.test_cases = pstore_cases,
};

kunit_test_suite(pstore_suite);
