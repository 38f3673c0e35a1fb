# SPDX-License-Identifier: GPL-2.0
"""Unit tests of the log scanner and of the result parser:
python3 -m unittest discover -s tests/testbed"""
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.dont_write_bytecode = True

from xbtb_lib import cpio, overlay, scan  # noqa: E402
from xbtb_lib.protocol import FAIL, PASS, SKIP, Parser, Result  # noqa: E402
from xbtb_lib.selftest import Expectation  # noqa: E402

UGLY = (
    "[    1.0] BUG: kernel NULL pointer dereference, address: 0000000000000008",
    "[    1.0] kernel BUG at drivers/block/xen-blkback/blkback.c:1!",
    "[    1.0] WARNING: CPU: 0 PID: 1 at kernel/workqueue.c:1 f+0x1/0x2",
    "[    1.0] WARNING: possible recursive locking detected",
    "[    1.0] Oops: 0000 [#1] PREEMPT SMP NOPTI",
    "[    1.0] Call Trace:",
    "[    1.0] INFO: task xl:1 blocked for more than 120 seconds.",
    "[    1.0] general protection fault, probably for non-canonical address",
    "[    1.0] refcount_t: underflow; use-after-free.",
    "[    1.0] Unable to handle kernel paging request at virtual address 0",
    "[    1.0] UBSAN: array-index-out-of-bounds in x.c:1:1",
    "unreferenced object 0xffff888100000000 (size 64):",
    "(XEN) Assertion 'x' failed at grant_table.c:1",
    "(XEN) Xen BUG at grant_table.c:1",
    "(XEN) Panic on CPU 0:",
    "(XEN) domain_crash called from entry.S",
    "(XEN) Domain 1 (vcpu#0) crashed on cpu#0:",
)

CLEAN = (
    "[    1.0] DEBUG: nothing",
    "[    1.0] xen-blkback: backend/vbd/1/51712: using 1 queues",
    "[    1.0] rcu: RCU lockdep checking is enabled.",
    "(XEN) Dom0 has maximum 1 VCPUs",
)


class Scanner(unittest.TestCase):
    def test_ugly(self) -> None:
        for line in UGLY:
            self.assertEqual(scan.hits([line]), [line])

    def test_clean(self) -> None:
        self.assertEqual(scan.hits(CLEAN), [])

    def test_foreign(self) -> None:
        lines = ["[    2.5] WARNING: include/linux/mm.h:2128 at "
                 "xennet_disconnect_backend+0x18c/0x510 [xen_netfront]",
                 "[    2.5] Call trace:", "[    2.5]  f+0x1/0x2",
                 "[    2.6] ---[ end trace 0000000000000000 ]---",
                 "[    2.7] Call trace:"]
        self.assertEqual(scan.hits(lines), lines[-1:])

    def test_allowed(self) -> None:
        self.assertEqual(scan.hits(UGLY[:1], "NULL pointer"), [])
        self.assertEqual(len(scan.hits(UGLY[:2], "NULL pointer")), 1)


def parsed(*lines: str) -> Parser:
    parser = Parser("n1")
    parser.feed("".join(f"{line}\n" for line in lines).encode())
    return parser


class Results(unittest.TestCase):
    def test_pass(self) -> None:
        result = parsed("XB n1 START a/b", "XB n1 LOG kmsg one  two",
                        "XB n1 SECONDS 1.50", "XB n1 PASS").results[0]
        self.assertEqual((result.name, result.verdict), ("a/b", PASS))
        self.assertEqual(result.logs, {"kmsg": ["one  two"]})
        self.assertEqual(result.seconds, 1.5)

    def test_reasons(self) -> None:
        results = parsed("XB n1 START a", "XB n1 SKIP no such",
                         "XB n1 START b", "XB n1 FAIL so there").results
        self.assertEqual([(r.verdict, r.reason) for r in results],
                         [(SKIP, "no such"), (FAIL, "so there")])

    def test_silence_is_no_verdict(self) -> None:
        parser = parsed("XB n1 START a", "XB n1 LOG output PASS")
        self.assertEqual(parser.current.verdict, "")

    def test_next_start_fails_the_silent(self) -> None:
        parser = parsed("XB n1 START a", "XB n1 START b", "XB n1 PASS")
        self.assertEqual([r.verdict for r in parser.results], [FAIL, PASS])

    def test_other_nonce_is_nothing(self) -> None:
        parser = parsed("XB n1 START a", "XB n2 PASS", " XB n1 PASS")
        self.assertEqual(parser.current.verdict, "")

    def test_verdict_is_final(self) -> None:
        parser = parsed("XB n1 START a", "XB n1 FAIL x", "XB n1 PASS")
        self.assertEqual(parser.results[0].verdict, FAIL)

    def test_pieces(self) -> None:
        parser = Parser("n1")
        for byte in b"XB n1 START a\nXB n1 PASS\nXB n1 END\n":
            parser.feed(bytes([byte]))
        self.assertEqual(parser.results[0].verdict, PASS)
        self.assertTrue(parser.ended)

    def test_first_failure_stays(self) -> None:
        result = Result("a", PASS)
        result.fail("one")
        result.fail("two")
        self.assertEqual((result.verdict, result.reason), (FAIL, "one"))


class Selftest(unittest.TestCase):
    def test_expectation(self) -> None:
        want = Expectation("a", FAIL, "^hang")
        self.assertTrue(want.met_by(Result("a", FAIL, "hang: 10 s")))
        self.assertFalse(want.met_by(Result("a", PASS)))
        self.assertFalse(want.met_by(Result("a", FAIL, "other")))
        self.assertFalse(want.met_by(None))


class Files(unittest.TestCase):
    def test_declarations(self) -> None:
        base = Path(__file__).parent / "selftest"
        test = overlay.Test("allowed", base / "allowed.sh")
        self.assertEqual(test.timeout, 30)
        self.assertEqual(test.allowed, "WARNING: allowed by the selftest")
        silent = overlay.Test("silent", base / "silent.sh")
        self.assertEqual(silent.allowed, "")

    def test_cpio(self) -> None:
        import tempfile
        with tempfile.TemporaryDirectory() as tmp:
            top = Path(tmp) / "top"
            top.mkdir()
            (top / "file").write_text("text")
            (top / "link").symlink_to("file")
            out = Path(tmp) / "out"
            cpio.write(top, out)
            first = out.read_bytes()
            cpio.write(top, out)
            self.assertEqual(first, out.read_bytes())
            self.assertEqual(len(first) % cpio.ALIGN, 0)
            self.assertIn(b"TRAILER!!!", first)


if __name__ == "__main__":
    unittest.main()
