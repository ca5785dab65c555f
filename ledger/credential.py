"""The same as a certificate says, for wallets: a W3C Verifiable Credential 2.0 with a Data Integrity proof (`eddsa-jcs-2022`) by the log's key, as did:key.

The issuer states what its log holds; the certificate inside, as evidence, shows it. Anybody can check both offline.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Final

from carrel.ledger import canonical, ed25519
from carrel.ledger.bodies import WorkBytes, WorkDecision, WorkDerive, WorkTerms, WorkTransfer
from carrel.ledger.certificate import PROVES, PROVES_NOT, Certificate, Proven, parse_certificate
from carrel.ledger.errors import BadCertificate, BadSignature, Refused
from carrel.ledger.policy import Policy

CONTEXT: Final = ("https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/undefined-terms/v2")
CRYPTOSUITE: Final = "eddsa-jcs-2022"
MEDIA_TYPE: Final = "application/vc"
_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519_KEY: Final = b"\xed\x01"
"""Multicodec of an Ed25519 public key."""
_DAY_MS: Final = 86_400_000

Document = dict[str, Any]


def make_credential(certificate: Certificate, proven: Proven, seed: bytes, now_ms: int) -> Document:
    """The credential of a certificate that was verified (`proven`), signed by the log's key (its seed, 32). BadCertificate if it is another's."""
    key = ed25519.public_key(seed)
    if key != certificate.log.key:
        raise BadCertificate(
            "The credential of a work is signed by the key of the log that holds it, and this is another."
        )
    document: Document = {
        "@context": list(CONTEXT),
        "type": ["VerifiableCredential", "RegisteredWorkCredential"],
        "issuer": did_key(key),
        "validFrom": utc(now_ms),
        "credentialSubject": stated(certificate, proven),
        "evidence": [
            {
                "type": "TransparencyLogCertificate",
                "log": certificate.log.name,
                "size": proven.checkpoint.size,
                "certificate": base64.b64encode(certificate.encode()).decode(),
                "proves": list(PROVES),
                "provesNot": list(PROVES_NOT),
            }
        ],
    }
    return add_proof(document, seed, verification_method(key), utc(now_ms))


def stated(certificate: Certificate, proven: Proven) -> Document:
    """The credential's subject: what the certificate shows of the work."""
    registration = proven.history[0]
    body = registration.entry.body
    assert isinstance(body, WorkBytes)
    terms = [step.entry.body for step in proven.history if isinstance(step.entry.body, WorkTerms)]
    subject: Document = {
        "id": work_uri(certificate.work),
        "type": "RegisteredWork",
        "kind": body.kind,
        "registeredBy": did_key(bytes.fromhex(body.by)),
        "registeredAt": utc(registration.logged_ms),
        "index": registration.index,
        "files": [{"sha256": one.hash, "bytes": one.bytes, "media": one.media} for one in body.files],
        "royaltyBasisPoints": terms[-1].royalty_bp,
        "history": [
            {"type": str(step.entry.body.__struct_config__.tag), "index": step.index, "at": utc(step.logged_ms)}
            for step in proven.history
        ],
    }
    if terms[-1].licence:
        subject["licence"] = terms[-1].licence
    if body.sealed:
        subject["sealed"] = body.sealed
    if isinstance(body, WorkDerive):
        subject["derivedFrom"] = [work_uri(source) for source in body.sources]
    bodies = [step.entry.body for step in proven.history]
    passed_on = [one.to for one in bodies if isinstance(one, WorkTransfer | WorkDecision) and one.to]
    if passed_on:
        subject["passedOnTo"] = [did_key(bytes.fromhex(account)) for account in passed_on]
    return subject


def verify_credential(secured: Document, policy: Policy) -> tuple[Certificate, Proven]:
    """The certificate inside, and what it proves. Raises BadCertificate unless that log's key signed it and it states what its certificate shows."""
    key = issuer_key(secured)
    verify_proof(secured, key)
    certificate = _evidence(secured)
    if certificate.log.key != key:
        raise BadCertificate("Credential: its issuer is not the log of its certificate.")
    proven = certificate.verify(policy)
    if secured.get("credentialSubject") != stated(certificate, proven):
        raise BadCertificate("Credential: what it states of the work is not what its certificate shows.")
    return certificate, proven


def _evidence(secured: Document) -> Certificate:
    try:
        inside = base64.b64decode(secured["evidence"][0]["certificate"], validate=True)
    except (LookupError, TypeError, ValueError):
        raise BadCertificate("Credential: there is no certificate in it.") from None
    return parse_certificate(inside)


def add_proof(document: Document, seed: bytes, method: str, created: str) -> Document:
    """The document with an `eddsa-jcs-2022` proof. BadCertificate for what the canonical form does not have, such as floats."""
    options: Document = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    if "@context" in document:
        options["@context"] = document["@context"]
    signature = ed25519.sign(seed, signed_bytes(document, options))
    return {**document, "proof": {**options, "proofValue": "z" + encode_base58(signature)}}


def verify_proof(secured: Document, key: bytes) -> None:
    """Raises BadCertificate unless the document's one proof is by this key (32,), made to assert."""
    proof = secured.get("proof")
    if (
        not isinstance(proof, dict)
        or proof.get("type") != "DataIntegrityProof"
        or proof.get("cryptosuite") != CRYPTOSUITE
    ):
        raise BadCertificate(f"Credential: it has no {CRYPTOSUITE} proof.")
    if proof.get("proofPurpose") != "assertionMethod" or proof.get("@context") != secured.get("@context"):
        raise BadCertificate("Credential: its proof is made for another purpose or another context.")
    value = proof.get("proofValue")
    if not isinstance(value, str) or not value.startswith("z") or len(value) > 100:
        raise BadCertificate("Credential: its proof has no signature in base58.")
    document = {name: member for name, member in secured.items() if name != "proof"}
    options = {name: member for name, member in proof.items() if name != "proofValue"}
    try:
        ed25519.verify(key, signed_bytes(document, options), decode_base58(value[1:]))
    except BadSignature as error:
        raise BadCertificate("Credential: the signature does not fit: something in it was changed.") from error


def signed_bytes(document: Document, options: Document) -> bytes:
    """(64,): SHA-256 of the proof's options, then of the document, each in canonical form."""
    try:
        parts = (canonical.plain_form(options), canonical.plain_form(document))
    except Refused as error:
        raise BadCertificate(f"Credential: {error}") from error
    return b"".join(hashlib.sha256(part).digest() for part in parts)


def issuer_key(secured: Document) -> bytes:
    """(32,): the key that the credential's issuer is. BadCertificate unless it is a did:key and its proof names that very key."""
    issuer, proof = secured.get("issuer"), secured.get("proof")
    key = parse_did_key(issuer) if isinstance(issuer, str) else b""
    if not key or not isinstance(proof, dict) or proof.get("verificationMethod") != verification_method(key):
        raise BadCertificate("Credential: its issuer is not the key of its proof.")
    return key


def work_uri(work: str) -> str:
    """RFC 6920: a work is named by the hash of its registration."""
    return "ni:///sha-256;" + base64.urlsafe_b64encode(bytes.fromhex(work)).decode().rstrip("=")


def multikey(key: bytes) -> str:
    return "z" + encode_base58(_ED25519_KEY + key)


def did_key(key: bytes) -> str:
    """Of an Ed25519 public key (32,)."""
    return "did:key:" + multikey(key)


def verification_method(key: bytes) -> str:
    return f"{did_key(key)}#{multikey(key)}"


def parse_did_key(did: str) -> bytes:
    """(32,). BadCertificate unless it is the did:key of an Ed25519 key."""
    found = decode_base58(did.removeprefix("did:key:z")) if len(did) < 100 else b""
    key = found.removeprefix(_ED25519_KEY)
    if len(key) != ed25519.KEY_BYTES or did_key(key) != did:
        raise BadCertificate(f"{did[:100]!r} is not the did:key of an Ed25519 key.")
    return key


def encode_base58(data: bytes) -> str:
    """Base58 as Bitcoin writes it."""
    number, digits = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _ALPHABET[digit] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def decode_base58(text: str) -> bytes:
    """BadCertificate for other characters."""
    number = 0
    for mark in text:
        digit = _ALPHABET.find(mark)
        if digit < 0:
            raise BadCertificate("Credential: this is not base58.")
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def utc(at_ms: int) -> str:
    """XML Schema dateTime in whole seconds, from Unix milliseconds: the calendar of Gregory, reckoned from 1 March 0000."""
    days, rest_ms = divmod(at_ms, _DAY_MS)
    days += 719_468
    era, day = divmod(days, 146_097)
    year_of_era = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year_of_era + year_of_era // 4 - year_of_era // 100
    month_from_march = (5 * day + 2) // 153
    month = month_from_march + 3 if month_from_march < 10 else month_from_march - 9
    year = year_of_era + era * 400 + (month <= 2)
    seconds = rest_ms // 1000
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{year:04}-{month:02}-{day - (153 * month_from_march + 2) // 5 + 1:02}T{clock}Z"
