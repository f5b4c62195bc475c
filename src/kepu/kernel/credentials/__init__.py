"""Credentials that anybody verifies without asking us: W3C Verifiable Credentials 2.0, Open Badges 3.0.

`canonical` writes JSON in one way only, `proofs` signs that and checks it, `keys` keeps what is signed
with and tells the public halves, `status` says which credentials are revoked or suspended, `badges`
writes one, `verifying` judges one. No model, no network; see docs/decisions/0019-signed-credentials.md.
"""
