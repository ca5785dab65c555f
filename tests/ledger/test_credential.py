"""Credentials: the vectors that W3C publishes, the calendar, and that nothing can be changed in one."""

from __future__ import annotations

import base64
import copy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel.ledger import credential, ed25519
from carrel.ledger.certificate import Proven
from carrel.ledger.errors import BadCertificate
from tests.ledger.small_log import ORIGIN, SmallLog, key, seed
from tests.ledger.test_certificate import certificate_of, policy_of, storied_work

# Facts out of "Data Integrity EdDSA Cryptosuites v1.0", W3C Recommendation, representation eddsa-jcs-2022
PUBLIC = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
PRIVATE = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
PROOF_HASH = "66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db"
DOCUMENT_HASH = "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"
PROOF_VALUE = "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
CREATED = "2023-02-24T23:36:38Z"
ALUMNI: credential.Document = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}


def test_the_published_vector() -> None:
    secret = credential.decode_base58(PRIVATE[1:]).removeprefix(b"\x80\x26")
    public = ed25519.public_key(secret)
    assert credential.multikey(public) == PUBLIC
    secured = credential.add_proof(ALUMNI, secret, f"did:key:{PUBLIC}#{PUBLIC}", CREATED)
    assert secured["proof"]["proofValue"] == PROOF_VALUE
    options = {name: value for name, value in secured["proof"].items() if name != "proofValue"}
    assert credential.signed_bytes(ALUMNI, options).hex() == PROOF_HASH + DOCUMENT_HASH
    credential.verify_proof(secured, public)


def made() -> tuple[SmallLog, credential.Document, Proven]:
    log, work = storied_work()
    certificate = certificate_of(log, work)
    proven = certificate.verify(policy_of(log))
    return log, credential.make_credential(certificate, proven, log.signer.seed, 1_760_000_000_000), proven


def test_a_works_credential() -> None:
    log, document, proven = made()
    public = credential.issuer_key(document)
    assert public == log.signer.verifier().key
    credential.verify_proof(document, public)
    subject = document["credentialSubject"]
    assert document["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert subject["id"].startswith("ni:///sha-256;")
    assert subject["registeredBy"] == credential.did_key(bytes.fromhex(key("ann")))
    assert subject["passedOnTo"] == [credential.did_key(bytes.fromhex(key("ben")))]
    assert subject["royaltyBasisPoints"] == 300
    assert [step["index"] for step in subject["history"]] == [step.index for step in proven.history]
    assert document["evidence"][0]["log"] == ORIGIN
    assert document["evidence"][0]["provesNot"]


def test_the_credential_states_what_its_certificate_shows() -> None:
    log, document, proven = made()
    certificate, again = credential.verify_credential(document, policy_of(log))
    assert again == proven
    assert credential.work_uri(certificate.work) == document["credentialSubject"]["id"]
    public, plain = (
        credential.issuer_key(document),
        {name: value for name, value in document.items() if name != "proof"},
    )
    other = certificate_of(*storied_work(4)).encode()
    for change in (
        {"credentialSubject": {**plain["credentialSubject"], "royaltyBasisPoints": 0}},
        {"evidence": [{**plain["evidence"][0], "certificate": base64.b64encode(other).decode()}]},
        {"evidence": []},
        {"evidence": [{"certificate": "é"}]},
    ):
        lying = credential.add_proof(
            {**plain, **change}, log.signer.seed, credential.verification_method(public), "2026-01-01T00:00:00Z"
        )
        with pytest.raises(BadCertificate, match="Credential"):
            credential.verify_credential(lying, policy_of(log))
    stranger = ed25519.public_key(seed("stranger"))
    forged = credential.add_proof(
        {**plain, "issuer": credential.did_key(stranger)},
        seed("stranger"),
        credential.verification_method(stranger),
        "2026-01-01T00:00:00Z",
    )
    with pytest.raises(BadCertificate, match="not the log"):
        credential.verify_credential(forged, policy_of(log))


def test_another_key_does_not_sign_it() -> None:
    log, work = storied_work()
    certificate = certificate_of(log, work)
    with pytest.raises(BadCertificate, match="another"):
        credential.make_credential(certificate, certificate.verify(policy_of(log)), seed("somebody"), 0)


def leaves_of(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    if isinstance(value, dict):
        return [found for name, each in value.items() for found in leaves_of(each, (*path, name))]
    if isinstance(value, list):
        return [found for at, each in enumerate(value) for found in leaves_of(each, (*path, at))]
    return [path]


def test_every_changed_value_is_found() -> None:
    _, document, _ = made()
    public = credential.issuer_key(document)
    for path in leaves_of(document):
        changed = copy.deepcopy(document)
        place = changed
        for step in path[:-1]:
            place = place[step]
        value = place[path[-1]]
        place[path[-1]] = value + 1 if isinstance(value, int) else f"{value[:-1]}{'b' if value[-1] == 'a' else 'a'}"
        with pytest.raises(BadCertificate):
            credential.verify_proof(changed, public)
        dropped = copy.deepcopy(document)
        place = dropped
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]
        with pytest.raises(BadCertificate):
            credential.verify_proof(dropped, public)


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "did:key:z",
        "did:key:" + PUBLIC[:-1],
        "did:key:1" + PUBLIC,
        "did:web:example.org",
        PUBLIC,
        "did:key:z0OIl",
        "did:key:z11" + PUBLIC[1:],
    ],
)
def test_what_is_no_did_key(issuer: str) -> None:
    with pytest.raises(BadCertificate):
        credential.parse_did_key(issuer)


def test_the_issuer_is_the_key_of_the_proof() -> None:
    _, document, _ = made()
    for changed in (
        {**document, "issuer": credential.did_key(bytes.fromhex(key("ann")))},
        {**document, "issuer": 5},
        {name: value for name, value in document.items() if name != "proof"},
    ):
        with pytest.raises(BadCertificate):
            credential.issuer_key(changed)


@pytest.mark.parametrize(
    "change",
    [{"proofValue": "mABC"}, {"proofValue": 1}, {"proofPurpose": "authentication"}, {"type": "Other"}, {"x": 1.5}],
)
def test_proofs_of_another_make(change: credential.Document) -> None:
    _, document, _ = made()
    with pytest.raises(BadCertificate):
        credential.verify_proof({**document, "proof": {**document["proof"], **change}}, credential.issuer_key(document))


@given(st.binary(max_size=80))
def test_base58_there_and_back(data: bytes) -> None:
    assert credential.decode_base58(credential.encode_base58(data)) == data


@given(st.binary(min_size=32, max_size=32))
def test_did_keys_there_and_back(data: bytes) -> None:
    assert credential.parse_did_key(credential.did_key(data)) == data


@given(st.integers(0, 253_402_300_799_999))
def test_the_calendar(at_ms: int) -> None:
    assert credential.utc(at_ms) == datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)
