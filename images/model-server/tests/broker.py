"""A real broker of Kafka on the loopback, over TLS. Its jars come from Maven once, and are checked by their digests."""

import base64
import datetime
import hashlib
import ipaddress
import os
import shutil
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .process import PROJECT, free_port

POM = PROJECT / "tests" / "kafka" / "pom.xml"
DIGESTS = PROJECT / "tests" / "kafka" / "jars.sha256"


def jars() -> Path:
    """The folder with the jars; the test is skipped where they are not to be had."""
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            pytest.skip(f"Kafka needs {program}, which is not on PATH")
    version = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr
    if int(version.partition('"')[2].partition(".")[0]) < 17:
        pytest.skip(f"Kafka 4 needs Java 17: {version.splitlines()[0]}")
    cache = Path(os.environ.get("MILLRACE_CACHE") or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "millrace")
    folder = cache / "kafka" / hashlib.sha256(POM.read_bytes() + DIGESTS.read_bytes()).hexdigest()[:16]
    if not folder.exists():
        new = folder.with_suffix(f".{os.getpid()}")
        command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={new}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"Maven does not give the jars of Kafka: {(done.stdout.strip().splitlines() or ['?'])[0]}")
        said = "".join(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in sorted(new.iterdir()))
        assert sorted(said.splitlines()) == sorted(DIGESTS.read_text().splitlines()), "other jars than tests/kafka/jars.sha256"
        new.rename(folder)
    return folder


class Broker:
    """One node of KRaft."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.classes = f"{jars()}/*"
        self.port = free_port()
        self.bootstrap = f"127.0.0.1:{self.port}"
        self.authority = folder / "ca.pem"
        (folder / "server.pem").write_bytes(_certificate(self.authority))
        control = free_port()
        (folder / "server.properties").write_text(f"""
process.roles=broker,controller
node.id=1
listeners=SSL://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{control}
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:{control}
listener.security.protocol.map=SSL:SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=SSL
ssl.keystore.type=PEM
ssl.keystore.location={folder}/server.pem
ssl.truststore.type=PEM
ssl.truststore.location={self.authority}
log.dirs={folder}/logs
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
auto.create.topics.enable=false
log.flush.interval.messages=1
""")
        name = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        formatted = self._java("kafka.tools.StorageTool", "format", "-t", name, "-c", str(folder / "server.properties"))
        assert formatted.wait(300) == 0, (folder / "broker.log").read_text()
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = self.folder / "broker.log"
        before = log.read_text().count("Kafka Server started") if log.exists() else 0
        self.process = self._java("kafka.Kafka", str(self.folder / "server.properties"))
        ends = time.monotonic() + 300
        while time.monotonic() < ends and self.process.poll() is None:
            if log.read_text().count("Kafka Server started") > before:
                return
            time.sleep(0.2)
        self.stop()
        raise AssertionError(log.read_text()[-2000:])

    def stop(self, number: int = signal.SIGKILL) -> None:
        """End it."""
        self.process.send_signal(number)
        self.process.wait(60)

    def _java(self, *arguments: str) -> "subprocess.Popen[bytes]":
        command = ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", self.classes, *arguments]
        with (self.folder / "broker.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)


def _certificate(authority: Path) -> bytes:
    """A key and a certificate for 127.0.0.1, whose authority is written to a file."""
    now = datetime.datetime.now(datetime.UTC)

    def signed(
        name: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, is_authority: bool
    ) -> x509.Certificate:
        called = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, "ca")]
        return (
            x509.CertificateBuilder()
            .subject_name(called[0])
            .issuer_name(called[1])
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=7))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
            .sign(by, hashes.SHA256())
        )

    ca, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    pem = serialization.Encoding.PEM
    authority.write_bytes(signed("ca", ca, ca, True).public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + signed("broker", key, ca, False).public_bytes(pem)
