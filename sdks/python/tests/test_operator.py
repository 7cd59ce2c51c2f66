from __future__ import annotations

import unittest
from typing import Any

from naru import Naru

from .scripted_server import ScriptedServer, answer
from .test_client import WITHDRAWAL


def admin(server: ScriptedServer) -> Any:
    return Naru(base_url=server.url, api_key="nk_test_key").admin


class Operator(unittest.TestCase):
    def test_calls_by_name_with_the_path_quoted_and_a_key_of_its_own(self) -> None:
        with ScriptedServer([answer(200, WITHDRAWAL)]) as server:
            self.assertEqual(admin(server).retry_withdrawal("wd_1/x", {"reason": "the node is back"}), WITHDRAWAL)
            admin(server).retry_withdrawal("wd_1", {"reason": "again"}, idempotency_key="mine")
            first, second = server.received
            self.assertEqual((first.method, first.target), ("POST", "/v1/admin/withdrawals/wd_1%2Fx/retry"))
            self.assertEqual(first.body, b'{"reason":"the node is back"}')
            self.assertGreater(len(first.headers["idempotency-key"]), 20)
            self.assertEqual(second.headers["idempotency-key"], "mine")

    def test_lists_all_rows_with_its_filter_on_every_page(self) -> None:
        pages = [
            answer(200, {"data": [{"id": "dl_1"}], "nextCursor": "more"}),
            answer(200, {"data": [{"id": "dl_2"}], "nextCursor": None}),
        ]
        with ScriptedServer(pages) as server:
            found = [row["id"] for row in admin(server).list_dead_letters(state="OPEN")]
            self.assertEqual(found, ["dl_1", "dl_2"])
            self.assertTrue(all("state=OPEN" in one.target for one in server.received))
            self.assertIn("cursor=more", server.received[1].target)


if __name__ == "__main__":
    unittest.main()
