/* SPDX-License-Identifier: GPL-2.0 */
/* What does nothing in a test of one thread. */
#ifndef XB_STUBS_H
#define XB_STUBS_H

#define EXPORT_SYMBOL_GPL(sym)	extern int xb_exported_##sym
#define __init
#define __exit
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)
#define __user
#define __force
#define __read_mostly

typedef struct {
	int held;
} spinlock_t;

/* Held for real, so that a double lock or unlock is noticed. */
static inline void spin_lock_init(spinlock_t *lock)
{
	lock->held = 0;
}

static inline void spin_lock(spinlock_t *lock)
{
	if (lock->held++)
		__builtin_trap();
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (--lock->held)
		__builtin_trap();
}

#define spin_lock_irq(l)		spin_lock(l)
#define spin_unlock_irq(l)		spin_unlock(l)
#define spin_lock_bh(l)			spin_lock(l)
#define spin_unlock_bh(l)		spin_unlock(l)
#define spin_lock_irqsave(l, f)		((f) = 0, spin_lock(l))
#define spin_unlock_irqrestore(l, f)	((void)(f), spin_unlock(l))
#define lockdep_assert_held(l)		((void)(l))
#define might_sleep()			((void)0)
#define cond_resched()			((void)0)

#define barrier()	__asm__ __volatile__("" : : : "memory")
#define virt_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define virt_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define virt_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)

#define GFP_KERNEL	0U
#define GFP_NOIO	0U
#define GFP_ATOMIC	0U
#define __GFP_NORETRY	0U
#define __GFP_NOWARN	0U
#define __GFP_ZERO	0U

#endif /* XB_STUBS_H */
