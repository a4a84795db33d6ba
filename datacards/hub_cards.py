"""A dataset's card at the Hugging Face Hub: read at a revision, and proposed as a pull request."""

from huggingface_hub import CommitOperationAdd, HfApi, HfFileSystem
from huggingface_hub.errors import EntryNotFoundError

from datacards.corpora.frontmatter import CARD_NAME, MAX_CARD
from datacards.errors import BadInput
from datacards.hub import TIMEOUT, Place, told

MESSAGE = "Bring the card up to date"


def fetch(repository: str, revision: str = "") -> tuple[bytes, str]:
    """The card and the commit that it is of; raises `BadInput` or `Unavailable`."""
    place = Place(repository, revision)
    with told(place):
        commit = str(HfApi().dataset_info(repository, revision=revision or None, timeout=TIMEOUT).sha)
        try:
            with HfFileSystem().open(f"hf://datasets/{repository}@{commit}/{CARD_NAME}", "rb") as file:
                return file.read(MAX_CARD + 1), commit
        except (FileNotFoundError, EntryNotFoundError):
            raise BadInput(f"The dataset {repository} has no {CARD_NAME}: there is no card to read.") from None


def propose(repository: str, body: bytes, commit: str, token: str) -> str:
    """Open a pull request with the card, made on that commit; returns its address."""
    with told(Place(repository, commit)):
        made = HfApi(token=token).create_commit(
            repository, [CommitOperationAdd(CARD_NAME, body)], commit_message=MESSAGE, repo_type="dataset",
            create_pr=True, parent_commit=commit,
        )  # fmt: skip
    return str(made.pr_url or made.commit_url)
