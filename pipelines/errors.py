"""What reading can refuse."""

from __future__ import annotations


class NotAnArticle(ValueError):
    """The page holds no article. `reason` is a short stable slug, the same words that `pages.reason` stores."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __reduce__(self) -> tuple[type[NotAnArticle], tuple[str]]:
        # Crosses the border of the process pool: pickle would otherwise lose the reason.
        return (NotAnArticle, (self.reason,))
