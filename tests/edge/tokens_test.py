#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tokens (JWT) and OpenID Connect: tokens made by PyJWT and by hand, a JWKS server on loopback.

tokens_test.py DAEMON [TEST]...
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import sys
import tempfile
import time

from harness import SKIPPED, Authority, Daemon, Receiver, eventually, main, run_once, samples_of, secret_file

try:
    import jwt
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
except ImportError:
    jwt = None

SECRET = "a secret of more than thirty-two bytes, shared"
HELLO = {"language": "python", "source": "print('hello')"}
PLAIN = serialization.PublicFormat.SubjectPublicKeyInfo if jwt else None


def pem_of(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, PLAIN).decode()


def claims(**changes):
    made = {"iss": "https://issuer.example", "aud": "code-executor", "sub": "alice", "exp": time.time() + 300,
            "tenant": "a", "roles": ["runner"], **changes}
    return {name: value for name, value in made.items() if value is not None}


def b64(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).rstrip(b"=")


def by_hand(header, payload, key=SECRET):
    body = b64(header) + b"." + b64(payload)
    return (body + b"." + b64(hmac.new(key.encode(), body, hashlib.sha256).digest())).decode()


def config(**more):
    settings = {"issuer": "https://issuer.example", "audience": "code-executor",
                "roles": ["runner=run", "viewer=read", "boss=admin", "auditors=auditor"], **more}
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    return "[tokens]\n" + "\n".join(lines) + "\n"


@contextlib.contextmanager
def setup(program, folder=None, **more):
    with tempfile.TemporaryDirectory(prefix="cex-tokens-") as own:
        folder = folder or own
        os.chmod(folder, 0o777)
        if "hs256_key_file" in more:
            more["hs256_key_file"] = secret_file(folder, "secret", SECRET + "\n")
        with Daemon(program, config(**more), folder=folder) as daemon:
            yield daemon


def status(daemon, token, target="/v1/jobs", method="GET", body=None):
    return daemon.ask(method, target, body, {"Authorization": "Bearer " + token}).status


def shared_secrets_work(program):
    with setup(program, hs256_key_file=True) as daemon:
        assert daemon.ask("GET", "/v1/jobs").status == 401  # nobody is a stranger any more
        good = jwt.encode(claims(), SECRET, "HS256")
        header = {"Authorization": "Bearer " + good}
        job = daemon.run(HELLO, header)
        assert job["runs"][0]["stdout"] == "hello\n"
        record = [r for r in daemon.audit() if r.get("job") == job["id"]][0]
        assert record["tenant"] == "a" and record["key"] == "sub:alice", record
        other = jwt.encode(claims(tenant="b"), SECRET, "HS256")
        assert status(daemon, other, "/v1/jobs/" + job["id"]) == 404
        assert status(daemon, by_hand({"alg": "HS256"}, claims())) == 200
        assert status(daemon, jwt.encode(claims(aud=["x", "code-executor"]), SECRET, "HS256")) == 200


def claims_are_checked(program):
    now = time.time()
    bad = {
        "expired": {"exp": now - 120}, "no exp": {"exp": None}, "exp of text": {"exp": "tomorrow"},
        "nan exp": {"exp": [1]}, "not yet": {"nbf": now + 120}, "made in the future": {"iat": now + 120},
        "other issuer": {"iss": "https://evil.example"}, "no issuer": {"iss": None},
        "other audience": {"aud": "other"}, "no audience": {"aud": None}, "audiences": {"aud": ["x", "y"]},
        "audience of number": {"aud": 1}, "no subject": {"sub": None}, "no tenant": {"tenant": None},
        "tenant of number": {"tenant": 1}, "tenant with a path": {"tenant": "../b"}, "empty tenant": {"tenant": ""},
        "roles of number": {"roles": 1}, "roles of lists": {"roles": [["runner"]]}}
    with setup(program, hs256_key_file=True) as daemon:
        for name, change in bad.items():
            token = by_hand({"alg": "HS256"}, claims(**change))
            # Guesses are slowed down; what is refused is refused either way.
            assert status(daemon, token) in (401, 429), name
        assert len(daemon.log("a key was refused")) >= 15
        said = {line["reason"] for line in daemon.log("a key was refused")}
        assert "the token has expired" in said and "the token is for another audience" in said, said
        assert status(daemon, jwt.encode(claims(exp=now - 10), SECRET, "HS256")) == 200  # clocks differ
        assert status(daemon, jwt.encode(claims(), SECRET, "HS256")) == 200


def signatures_are_checked(program):
    rsa_key = rsa.generate_private_key(65537, 2048)
    ec_key = ec.generate_private_key(ec.SECP256R1())
    with tempfile.TemporaryDirectory(prefix="cex-tokens-") as folder:
        files = []
        for name, key in (("rsa", rsa_key), ("ec", ec_key)):
            files.append(f"{folder}/{name}.pem")
            with open(files[-1], "w", encoding="utf-8") as file:
                file.write(pem_of(key))
        with setup(program, folder=folder, public_key_files=files) as daemon:
            assert status(daemon, jwt.encode(claims(), rsa_key, "RS256")) == 200
            assert status(daemon, jwt.encode(claims(), ec_key, "ES256")) == 200
            good = jwt.encode(claims(), rsa_key, "RS256")
            head, body, signature = good.split(".")
            payload = json.loads(base64.urlsafe_b64decode(body + "=="))
            forged = b64({**payload, "tenant": "b"}).decode()
            bad = {
                "none": b64({"alg": "none"}).decode() + "." + b64(claims()).decode() + ".",
                "None": b64({"alg": "None"}).decode() + "." + b64(claims()).decode() + ".",
                "no alg": b64({}).decode() + "." + body + "." + signature,
                "no signature": f"{head}.{body}.",
                "changed payload": f"{head}.{forged}.{signature}",
                "changed signature": f"{head}.{body}.{'A' * len(signature)}",
                "other key": jwt.encode(claims(), rsa.generate_private_key(65537, 2048), "RS256"),
                "other curve key": jwt.encode(claims(), ec.generate_private_key(ec.SECP256R1()), "ES256"),
                "RS512": jwt.encode(claims(), rsa_key, "RS512"),
                "PS256": jwt.encode(claims(), rsa_key, "PS256"),
                # the public key, which everybody knows, as a shared secret
                "key confusion": by_hand({"alg": "HS256"}, claims(), pem_of(rsa_key)),
                "key confusion without end": by_hand({"alg": "HS256"}, claims(), pem_of(rsa_key).strip()),
                "crit": jwt.encode(claims(), rsa_key, "RS256", headers={"crit": ["x"], "x": 1}),
                "two algs": b64(b'{"alg":"RS256","alg":"none"}').decode() + f".{body}.{signature}",
                "embedded key": by_hand({"alg": "HS256", "jwk": {"kty": "oct", "k": "c2VjcmV0"}}, claims(), "secret"),
                "empty": "..", "junk": "a.b.c", "padded": good + "=", "four parts": good + ".x",
                "too long": jwt.encode(claims(pad="x" * 8192), rsa_key, "RS256")}
            for name, token in bad.items():
                assert status(daemon, token) in (400, 401, 429, 431), name
            assert status(daemon, good) == 200
            auditor = {"Authorization": "Bearer " + jwt.encode(claims(roles="auditors"), rsa_key, "RS256")}
            seen = samples_of(daemon.ask("GET", "/metrics", headers=auditor).body.decode())
            assert seen['cex_auth_total{kind="token",result="good"}'] >= 4, seen
            assert seen['cex_auth_total{kind="token",result="bad"}'] >= 10, seen


def roles_and_ceilings_come_from_claims(program):
    with setup(program, hs256_key_file=True, languages_claim="langs", limits_claim="caps") as daemon:
        def token(**changes):
            return jwt.encode(claims(**changes), SECRET, "HS256")

        assert status(daemon, token(roles="runner"), method="POST", body=HELLO) == 202
        assert status(daemon, token(roles=["viewer"]), method="POST", body=HELLO) == 403
        assert status(daemon, token(roles=["viewer"])) == 200
        assert status(daemon, token(roles=["unheard", "of"])) == 403
        assert status(daemon, token(roles=None)) == 403
        assert status(daemon, token(roles=["auditors"]), "/metrics") == 200
        assert status(daemon, token(roles=["run", "admin"])) == 403  # only what the operator maps counts
        capped = token(caps={"wall_ms": 2000, "cpus": 1})
        assert status(daemon, capped, method="POST", body={**HELLO, "limits": {"wall_ms": 2001}}) == 422
        assert status(daemon, capped, method="POST", body={**HELLO, "limits": {"wall_ms": 2000}}) == 202
        assert status(daemon, token(langs=["c"]), method="POST", body=HELLO) == 403
        assert status(daemon, token(langs=["python"]), method="POST", body=HELLO) == 202
        for bad in ({"caps": {"wall_msx": 1}}, {"caps": {"wall_ms": -1}}, {"caps": {"wall_ms": "1"}}, {"caps": []},
                    {"langs": []}, {"langs": 1}):
            assert status(daemon, token(**bad)) in (401, 429), bad
        network = {**HELLO, "network": {"allow": ["example.org:443"]}}
        assert status(daemon, token(), method="POST", body=network) == 403


def jwk_of(key, kid, **more):
    def number(value, size):
        return b64(value.to_bytes(size, "big")).decode()

    public = key.public_key().public_numbers()
    if hasattr(public, "n"):
        made = {"kty": "RSA", "n": number(public.n, (public.n.bit_length() + 7) // 8), "e": number(public.e, 3)}
    else:
        made = {"kty": "EC", "crv": "P-256", "x": number(public.x, 32), "y": number(public.y, 32)}
    return {**made, "kid": kid, **more}


class Issuer:
    """What an OpenID provider shows: discovery and keys, over TLS."""

    def __init__(self, folder):
        os.chmod(folder, 0o777)
        authority = Authority(folder)
        self.ca_file = authority.certificate
        self.keys = []
        self.mode = "good"
        self.receiver = Receiver(self.answer, authority.server_context("issuer", "IP:127.0.0.1"))
        self.url = f"https://127.0.0.1:{self.receiver.port}"

    def asked(self, path):
        return sum(1 for request in self.receiver.requests if request.path == path)

    def answer(self, request):
        if self.mode == "down":
            request.reply(503)
        elif self.mode == "huge":
            request.reply(200, json.dumps({"keys": [{"x": "y" * (1 << 20)}]}).encode())
        elif self.mode == "junk":
            request.reply(200, b"<html>")
        elif request.path == "/.well-known/openid-configuration":
            issuer = self.url if self.mode != "impostor" else "https://other.example"
            request.reply(200, json.dumps({"issuer": issuer, "jwks_uri": self.url + "/keys"}).encode())
        else:
            request.reply(200, json.dumps({"keys": self.keys}).encode())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.receiver.close()


def keys_are_fetched_and_kept(program):
    with tempfile.TemporaryDirectory(prefix="cex-issuer-") as folder, Issuer(folder) as issuer:
        rsa_key, ec_key = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
        weak = rsa.generate_private_key(65537, 1024)
        issuer.keys = [
            jwk_of(rsa_key, "one", use="sig", alg="RS256"), jwk_of(ec_key, "two"),
            jwk_of(weak, "weak"), jwk_of(rsa_key, "enc", use="enc"), jwk_of(rsa_key, "ps", alg="PS256"),
            {"kty": "oct", "kid": "secret", "k": b64(SECRET.encode()).decode(), "alg": "HS256"},
            {**jwk_of(ec_key, "off"), "y": b64(b"\1" * 32).decode()}, {"kty": "RSA"}, 1, "x"]
        with setup(program, jwks_uri=issuer.url + "/keys", ca_file=issuer.ca_file) as daemon:
            def token(key, algorithm, kid):
                return jwt.encode(claims(), key, algorithm, headers={"kid": kid} if kid else None)

            assert status(daemon, token(rsa_key, "RS256", "one")) == 200
            assert status(daemon, token(ec_key, "ES256", "two")) == 200
            assert status(daemon, token(ec_key, "ES256", None)) == 200
            for key, algorithm, kid in ((weak, "RS256", "weak"), (rsa_key, "RS256", "enc"), (rsa_key, "RS256", "ps"),
                                        (rsa_key, "RS256", "two"), (ec_key, "ES256", "one"),
                                        (rsa_key, "RS256", "unknown")):
                assert status(daemon, token(key, algorithm, kid)) == 401, kid
            for kid in ("secret", "one"):
                assert status(daemon, by_hand({"alg": "HS256", "kid": kid}, claims())) == 401
            # Unknown ids do not make the server ask again and again.
            for i in range(10):
                assert status(daemon, token(rsa_key, "RS256", f"guess{i}")) in (401, 429)
            assert issuer.asked("/keys") == 1
            # While the issuer is away, the keys that are known still hold.
            issuer.mode = "down"
            assert status(daemon, token(rsa_key, "RS256", "one")) == 200


def discovery_leads_to_the_keys(program):
    with tempfile.TemporaryDirectory(prefix="cex-issuer-") as folder, Issuer(folder) as issuer:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer.keys = [jwk_of(key, "one")]
        token = jwt.encode(claims(iss=issuer.url), key, "ES256", headers={"kid": "one"})
        with setup(program, discover=True, issuer=issuer.url, ca_file=issuer.ca_file) as daemon:
            assert status(daemon, token) == 200
            assert issuer.asked("/.well-known/openid-configuration") == 1
        for mode in ("impostor", "down", "huge", "junk"):
            issuer.mode = mode
            with setup(program, discover=True, issuer=issuer.url, ca_file=issuer.ca_file) as daemon:
                assert status(daemon, token) == 401, mode
                line = eventually(lambda d=daemon: d.log("the issuer's keys cannot be fetched"), "the reason")
                assert line, mode
        issuer.mode = "good"
        # Without the authority the issuer is not believed.
        with setup(program, discover=True, issuer=issuer.url) as daemon:
            assert status(daemon, token) == 401
            assert "certificate" in daemon.log("the issuer's keys cannot be fetched")[0]["reason"]


def api_keys_still_work_beside_tokens(program):
    with tempfile.TemporaryDirectory(prefix="cex-tokens-") as folder:
        with setup(program, folder=folder, hs256_key_file=True) as daemon:
            assert status(daemon, jwt.encode(claims(), SECRET, "HS256")) == 200
            assert status(daemon, "cex_000000000000_" + "0" * 64) == 401
            assert daemon.ask("GET", "/v1/jobs", headers={
                "X-API-Key": jwt.encode(claims(), SECRET, "HS256")}).status == 200


def wrong_settings_refuse_the_start(program):
    with tempfile.TemporaryDirectory() as folder:
        short = secret_file(folder, "short", "0123456789abcdef")
        good = secret_file(folder, "good", SECRET)
        weak = f"{folder}/weak.pem"
        with open(weak, "w", encoding="utf-8") as file:
            file.write(pem_of(rsa.generate_private_key(65537, 1024)))
        for lines, words in ((f'hs256_key_file = "{good}"', "issuer"),
                             (f'hs256_key_file = "{good}"\nissuer = "x"', "audience"),
                             (f'hs256_key_file = "{short}"\nissuer = "x"\naudience = "y"', "32 bytes"),
                             (f'public_key_files = ["{weak}"]\nissuer = "x"\naudience = "y"', "2048"),
                             (f'public_key_files = ["{good}"]\nissuer = "x"\naudience = "y"', "PEM"),
                             (f'hs256_key_file = "{good}"\nissuer = "x"\naudience = "y"\nroles = ["a=king"]', "roles"),
                             ('jwks_uri = "https://x/"\ndiscover = true\nissuer = "x"\naudience = "y"', "exclude")):
            code, said = run_once(program, "[tokens]\n" + lines + "\n")
            assert code == 78 and words in said and SECRET not in said, (lines, code, said)


if __name__ == "__main__":
    if jwt is None:
        print("SKIPPED: python3-jwt and python3-cryptography are not installed")
        sys.exit(SKIPPED)
    sys.exit(main([
        shared_secrets_work, claims_are_checked, signatures_are_checked, roles_and_ceilings_come_from_claims,
        keys_are_fetched_and_kept, discovery_leads_to_the_keys, api_keys_still_work_beside_tokens,
        wrong_settings_refuse_the_start]))
