/* SPDX-License-Identifier: GPL-2.0 */
/* Stands in for <xen/xenbus.h>; a test of xenstore has functions of its own. */
#ifndef XB_BUS_H
#define XB_BUS_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <xen/interface/io/xenbus.h>

#define __scanf(fmt, args)	__attribute__((format(scanf, fmt, args)))
#define __printf(fmt, args)	__attribute__((format(printf, fmt, args)))

struct xenbus_watch {
	const char *node;
};

struct xenbus_transaction {
	u32 id;
};

#define XBT_NIL		((struct xenbus_transaction) { 0 })

int xenbus_transaction_start(struct xenbus_transaction *xbt);
int xenbus_transaction_end(struct xenbus_transaction xbt, int abort);
void *xenbus_read(struct xenbus_transaction xbt, const char *dir,
		  const char *node, unsigned int *len);
__scanf(4, 5)
int xenbus_scanf(struct xenbus_transaction xbt, const char *dir,
		 const char *node, const char *fmt, ...);
int xenbus_printf(struct xenbus_transaction xbt, const char *dir,
		  const char *node, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* What a device on the bus is made of, as far as anything looks at it. */
struct device_driver {
	const char *name;
};

struct device {
	const struct device_driver *driver;
	bool locked;
};

struct xenbus_device {
	const char *nodename;
	const char *otherend;
	int otherend_id;
	enum xenbus_state state;
	struct device dev;
};

#define to_xenbus_device(d)	container_of(d, struct xenbus_device, dev)

bool device_trylock(struct device *dev);
void device_unlock(struct device *dev);
void device_release_driver(struct device *dev);

/* As the kernel's in base 10: a newline at the end, and else digits alone. */
static inline int custom_number(const char *text, s64 min, s64 max, s64 *number)
{
	bool negative = min < 0 && *text == '-';
	s64 n = 0;

	text += negative || *text == '+';
	if (*text < '0' || *text > '9')
		return -EINVAL;
	for (; *text >= '0' && *text <= '9'; text++)
		if (n <= max)
			n = n * 10 + *text - '0';
	if (*text && strcmp(text, "\n"))
		return -EINVAL;
	if (negative)
		n = -n;
	if (n < min || n > max)
		return -ERANGE;
	*number = n;
	return 0;
}

static inline int kstrtouint(const char *text, unsigned int base,
			     unsigned int *number)
{
	s64 n;
	int err = custom_number(text, 0, ~0U, &n);

	if (!err)
		*number = n;
	return err;
}

static inline int kstrtoint(const char *text, unsigned int base, int *number)
{
	s64 n;
	int err = custom_number(text, -0x80000000LL, 0x7fffffff, &n);

	if (!err)
		*number = n;
	return err;
}

/* Cuts blanks off at both ends. */
static inline char *strim(char *text)
{
	size_t len = strlen(text);

	while (len && strchr(" \t\n\r", text[len - 1]))
		text[--len] = '\0';
	return text + strspn(text, " \t\n\r");
}

#endif /* XB_BUS_H */
