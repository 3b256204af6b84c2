// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Owns where vchassis finds what it starts: the boot ROM and the image that
 * new flash is filled with; or, when a kernel or modules are named, the UML
 * kernel, the modules, module-init and mm-agent, which are then started
 * directly. In this order: option, environment, the source tree that this
 * program was built in, where `make install` puts it.
 */
#include "client.h"
#include "vc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char tool_dir[PATH_MAX]; /* of this program: TOP/build/tools or PREFIX/bin */

static bool take(char *to, const char *fmt, const char *base, const char *end, int access_mode)
{
	char path[PATH_MAX + 64], real[PATH_MAX];

	snprintf(path, sizeof(path), fmt, base, end);
	if (!realpath(path, real) || access(real, access_mode))
		return false;
	memcpy(to, real, sizeof(real));
	return true;
}

static bool tool_place(void)
{
	ssize_t n = readlink("/proc/self/exe", tool_dir, sizeof(tool_dir) - 1);
	char *slash;

	if (n <= 0)
		return false;
	tool_dir[n] = 0;
	slash = strrchr(tool_dir, '/');
	if (slash)
		*slash = 0;
	return true;
}

/* The cache's place is tools/build/uml-kernel's secret. */
static bool kernel_of_tree(struct options *o)
{
	char command[PATH_MAX + 64], line[PATH_MAX] = "";
	FILE *p;

	snprintf(command, sizeof(command),
		 "'%s/../../tools/build/uml-kernel' --path %s 2>/dev/null", tool_dir,
		 o->debug ? "--debug" : "");
	p = popen(command, "re");
	if (!p)
		return false;
	if (fgets(line, sizeof(line), p))
		line[strcspn(line, "\n")] = 0;
	return pclose(p) == 0 && take(o->kernel, "%s/linux", line, "", X_OK);
}

static int missing(const char *what, const char *hint)
{
	fprintf(stderr, "vchassis: no %s: %s\n", what, hint);
	return -1;
}

static int find_kernel(struct options *o)
{
	const char *env = getenv("VCHASSIS_KERNEL");

	if (o->kernel[0] || env) {
		const char *path = o->kernel[0] ? o->kernel : env;
		char name[PATH_MAX];

		snprintf(name, sizeof(name), "%s", path);
		return take(o->kernel, "%s", name, "", X_OK) ? 0 : missing(name, strerror(errno));
	}
	if (kernel_of_tree(o) || take(o->kernel, "%s/../lib/redund/linux-uml", tool_dir, "", X_OK))
		return 0;
	return missing("UML kernel", "build one with tools/build/uml-kernel, or give --kernel");
}

static int find_modules(struct options *o)
{
	const char *env = getenv("VCHASSIS_MODULES"), *suffix = o->debug ? "-debug" : "";

	if (o->modules[0] || env) {
		const char *path = o->modules[0] ? o->modules : env;
		char name[PATH_MAX];

		snprintf(name, sizeof(name), "%s", path);
		return take(o->modules, "%s", name, "", R_OK) ? 0 : missing(name, strerror(errno));
	}
	if (take(o->modules, "%s/../modules/uml%s/kernel", tool_dir, suffix, R_OK) ||
	    take(o->modules, "%s/../lib/redund/uml%s", tool_dir, suffix, R_OK))
		return 0;
	return missing("modules for the UML kernel", "make modules builds them; or --modules");
}

/* Everything is named on a kernel's command line or to a shell in there. */
static int check_name(const char *path)
{
	if (!path[strcspn(path, " \t\n\"'")])
		return 0;
	fprintf(stderr, "vchassis: a path with a space or a quote does not work: %s\n", path);
	return -1;
}

/* Of a kernel and modules that are started without ROM and image. */
static int find_direct(struct options *o)
{
	const char *env = getenv("VCHASSIS_INIT");

	if (find_kernel(o) || find_modules(o))
		return -1;
	if (!(env && take(o->init, "%s", env, "", X_OK)) &&
	    !take(o->init, "%s/../../tools/vchassis/module-init", tool_dir, "", X_OK) &&
	    !take(o->init, "%s/../lib/redund/module-init", tool_dir, "", X_OK))
		return missing("module-init", "expected beside this program or in its source tree");
	env = getenv("VCHASSIS_AGENT");
	if (!(env && take(o->agent, "%s", env, "", X_OK)) &&
	    !take(o->agent, "%s/../tools/mm-agent", tool_dir, "", X_OK) &&
	    !take(o->agent, "%s/mm-agent", tool_dir, "", X_OK) &&
	    !take(o->agent, "%s/../lib/redund/mm-agent", tool_dir, "", X_OK))
		return missing("mm-agent", "expected beside this program");
	/* programs with sanitizers do not run in a module */
	if (!take(o->path, "%s/../tools", tool_dir, "", X_OK))
		snprintf(o->path, sizeof(o->path), "%s", tool_dir);
	return check_name(o->kernel) || check_name(o->modules) || check_name(o->init) ? -1 : 0;
}

static int find_image(struct options *o)
{
	const char *env = getenv("VCHASSIS_IMAGE"), *suffix = o->debug ? "-debug" : "";

	if (o->image[0] || env) {
		const char *path = o->image[0] ? o->image : env;
		char name[PATH_MAX];

		snprintf(name, sizeof(name), "%s", path);
		return take(o->image, "%s", name, "", R_OK) ? 0 : missing(name, strerror(errno));
	}
	if (take(o->image, "%s/../images/current%s.itb", tool_dir, suffix, R_OK) ||
	    take(o->image, "%s/../lib/redund/current%s.itb", tool_dir, suffix, R_OK))
		return 0;
	return missing("image for the modules' flash", "make images makes one; or --image");
}

static int find_rom(struct options *o)
{
	if (take(o->rom, "%s/bootrom", tool_dir, "", X_OK) ||
	    take(o->rom, "%s/../lib/redund/bootrom", tool_dir, "", X_OK))
		return 0;
	return missing("boot ROM", "expected beside this program");
}

int find_parts(struct options *o)
{
	if (!tool_place())
		return missing("program directory", strerror(errno));
	if (check_name(o->dir))
		return -1;
	o->direct = o->kernel[0] || o->modules[0] || getenv("VCHASSIS_KERNEL") ||
		    getenv("VCHASSIS_MODULES");
	if (o->direct && (o->image[0] || o->blank_flash || o->reflash)) {
		fprintf(stderr,
			"vchassis: a kernel or modules that are named start without an image\n");
		return -1;
	}
	if (o->direct)
		return find_direct(o);
	return find_rom(o) || (!o->blank_flash && find_image(o)) ? -1 : 0;
}
