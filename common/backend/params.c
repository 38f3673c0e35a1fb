// SPDX-License-Identifier: GPL-2.0
/* Owns the parameters by which an admin moves devices between drivers. */
#include "bus.h"
#include "rest.h"

#include <linux/errno.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

static int xgh_params_param(const char *val, int (*act)(const char *what))
{
	char what[64];
	int err;

	if (strscpy(what, val, sizeof(what)) < 0)
		return -ENAMETOOLONG;
	/* Parameters can be written before the module is there. */
	if (READ_ONCE(THIS_MODULE->state) != MODULE_STATE_LIVE ||
	    !try_module_get(THIS_MODULE))
		return -ENODEV;
	err = act(strim(what));
	module_put(THIS_MODULE);
	return err;
}

static int xgh_params_set_unbind(const char *val, const struct kernel_param *kp)
{
	return xgh_params_param(val, xgh_bus_unbind);
}

static int xgh_params_set_rest(const char *val, const struct kernel_param *kp)
{
	return xgh_params_param(val, xgh_rest_look);
}

static int xgh_params_set_unbind_at_rest(const char *val,
					 const struct kernel_param *kp)
{
	return xgh_params_param(val, xgh_rest_unbind);
}

static int xgh_params_set_bind(const char *val, const struct kernel_param *kp)
{
	return xgh_params_param(val, xgh_bus_bind);
}

static const struct kernel_param_ops xgh_params_unbind_ops = {
	.set = xgh_params_set_unbind,
};

static const struct kernel_param_ops xgh_params_rest_ops = {
	.set = xgh_params_set_rest,
};

static const struct kernel_param_ops xgh_params_unbind_at_rest_ops = {
	.set = xgh_params_set_unbind_at_rest,
};

static const struct kernel_param_ops xgh_params_bind_ops = {
	.set = xgh_params_set_bind,
};

module_param_cb(unbind, &xgh_params_unbind_ops, NULL, 0200);
MODULE_PARM_DESC(unbind,
		 "Write: take a device of the bus xen-backend, or all devices of a type, from their driver where that cannot deadlock");
module_param_cb(rest, &xgh_params_rest_ops, NULL, 0200);
MODULE_PARM_DESC(rest,
		 "Write: fail if its rings, or those of one of them, have requests without a response");
module_param_cb(unbind_at_rest, &xgh_params_unbind_at_rest_ops, NULL, 0200);
MODULE_PARM_DESC(unbind_at_rest,
		 "Write: as unbind, but only what is at rest");
module_param_cb(bind, &xgh_params_bind_ops, NULL, 0200);
MODULE_PARM_DESC(bind, "Write: give it, or all of them, to the driver that is loaded");
