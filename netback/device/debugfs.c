// SPDX-License-Identifier: GPL-2.0
/*
 * Owns the files in debugfs: one for each queue that a vif may have, whether or
 * not the queue is there. Writing "kick" to it schedules the queue's poll.
 */
#include "debugfs.h"
#include "link/pools.h"
#include "queue/queue.h"
#include "vif.h"

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

/* How often the lock of a vif is tried, and the pause between. */
#define XNB_DEBUGFS_TRIES	20
#define XNB_DEBUGFS_PAUSE_MS	10

static struct dentry *xnb_debugfs_root;

/**
 * xnb_debugfs_init() - make the directory of the module
 *
 * Context: Process; module init. May sleep.
 */
void xnb_debugfs_init(void)
{
	xnb_debugfs_root = debugfs_create_dir("xen-netback", NULL);
}

/**
 * xnb_debugfs_exit() - remove it
 *
 * Context: Process; module exit. May sleep.
 */
void xnb_debugfs_exit(void)
{
	debugfs_remove(xnb_debugfs_root);
}

static void xnb_debugfs_ring(struct seq_file *m, const struct xgh_ring *ring)
{
	seq_printf(m, "nr_ents %u\n", ring->nr_slots);
	seq_printf(m, "req_cons %u\n", ring->req_cons);
	seq_printf(m, "rsp_prod_pvt %u\n", ring->rsp_prod);
	seq_printf(m, "rsp_prod %u\n", ring->rsp_pushed);
	seq_printf(m, "unconsumed %d\n", xgh_ring_unconsumed(ring));
	seq_printf(m, "unanswered %u\n\n", xgh_ring_unanswered(ring));
}

static void xnb_debugfs_queue(struct seq_file *m, const struct xnb_queue *queue)
{
	seq_printf(m, "Queue %u%s%s\n", queue->poll.index,
		   queue->running ? "" : ", not running",
		   queue->poll.broken ? ", broken" : "");
	seq_puts(m, "TX:\n");
	xnb_debugfs_ring(m, &queue->tx.ring);
	seq_puts(m, "RX:\n");
	xnb_debugfs_ring(m, &queue->rx.ring);
	seq_printf(m, "deferred %u\n", queue->tx.nr_deferred);
	seq_printf(m, "held %u\n", queue->tx.throttled);
	seq_printf(m, "tx_pages %u\n",
		   xnb_pools_held(&queue->poll.link->pools[queue->poll.index]));
	seq_printf(m, "rx_stopped %u\n",
		   netif_tx_queue_stopped(queue->rx.txq));
	seq_printf(m, "rx_draining %u\n", queue->rx.state != XNB_RX_TAKING);
	seq_printf(m, "rx_headroom %u\n", queue->rx.headroom);
	seq_printf(m, "rx_stalled %u\n", queue->rx.state == XNB_RX_STALLED);
}

/* The number of a file's queue, which is in its name. */
static unsigned int xnb_debugfs_index(const struct file *file)
{
	const char *name = file->f_path.dentry->d_name.name;
	unsigned int index;

	return sscanf(name, "io_ring_q%u", &index) == 1 ? index : UINT_MAX;
}

/*
 * The lock is held for as long as rings are waited for that are paged out. Who
 * looks does not wait for that.
 */
static int xnb_debugfs_lock(struct xnb_vif *vif)
{
	unsigned int tries = XNB_DEBUGFS_TRIES;

	while (!mutex_trylock(&vif->lock)) {
		if (!--tries)
			return -EBUSY;
		msleep(XNB_DEBUGFS_PAUSE_MS);
	}
	return 0;
}

static int xnb_debugfs_show(struct seq_file *m, void *unused)
{
	unsigned int index = xnb_debugfs_index(m->file);
	struct xnb_vif *vif = m->private;
	int err = xnb_debugfs_lock(vif);

	if (err)
		return err;
	if (xgh_life_is_linked(&vif->life) && index < vif->nr_queues)
		xnb_debugfs_queue(m, vif->link.queues[index]);
	else
		seq_puts(m, "not connected\n");
	mutex_unlock(&vif->lock);
	return 0;
}

static int xnb_debugfs_open(struct inode *inode, struct file *file)
{
	return single_open(file, xnb_debugfs_show, inode->i_private);
}

static ssize_t xnb_debugfs_write(struct file *file, const char __user *buf,
				 size_t count, loff_t *pos)
{
	struct xnb_vif *vif = ((struct seq_file *)file->private_data)->private;
	unsigned int index = xnb_debugfs_index(file);
	char word[8] = "";
	int err;

	if (count >= sizeof(word))
		return -EINVAL;
	if (copy_from_user(word, buf, count))
		return -EFAULT;
	if (!sysfs_streq(word, "kick"))
		return -EINVAL;
	err = xnb_debugfs_lock(vif);
	if (err)
		return err;
	if (xgh_life_is_linked(&vif->life) && index < vif->nr_queues)
		xnb_poll_schedule(&vif->link.queues[index]->poll);
	mutex_unlock(&vif->lock);
	return count;
}

static const struct file_operations xnb_debugfs_fops = {
	.owner = THIS_MODULE,
	.open = xnb_debugfs_open,
	.read = seq_read,
	.write = xnb_debugfs_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * xnb_debugfs_add() - make the files of a vif
 * @vif: the vif
 *
 * Context: Process. May sleep.
 */
void xnb_debugfs_add(struct xnb_vif *vif)
{
	char name[sizeof("io_ring_q4294967295")];
	unsigned int i;

	vif->debugfs = debugfs_create_dir(netdev_name(vif->link.dev),
					  xnb_debugfs_root);
	for (i = 0; i < vif->link.max_queues; i++) {
		snprintf(name, sizeof(name), "io_ring_q%u", i);
		debugfs_create_file(name, 0600, vif->debugfs, vif,
				    &xnb_debugfs_fops);
	}
}

/**
 * xnb_debugfs_remove() - remove them; nobody uses them afterwards
 * @vif: the vif
 *
 * Context: Process; the vif's lock is not held. May sleep.
 */
void xnb_debugfs_remove(struct xnb_vif *vif)
{
	debugfs_remove(vif->debugfs);
}
