/**
 * What the tools trace: a Python program, because it uses libc's and OpenSSL's libraries as they are. It gets a
 * directory, and does the steps that each line of its input names; numbers are such that they are found again.
 */
export const ACTIVITY = `
import ctypes, os, socket, ssl, struct, subprocess, sys, threading, time
directory = sys.argv[1]
libc = ctypes.CDLL("libc.so.6")
libc.malloc.restype = libc.calloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]

def files():
    for name in ("a", "b", "missing"):
        try: os.close(os.open(os.path.join(directory, name), os.O_RDWR | (os.O_CREAT if name != "missing" else 0)))
        except FileNotFoundError: pass

def programs():
    subprocess.run(["/bin/echo", "one", "two words"], stdout=subprocess.DEVNULL)
    subprocess.run(["/bin/true"])
    try: subprocess.run(["/nonexistent/program", "x"])
    except FileNotFoundError: pass

def connections():
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as server:
            server.bind((host, 0)); server.listen(4)
            client = socket.create_connection(server.getsockname()[:2])
            accepted, _ = server.accept()
            client.sendall(b"x" * 5000)
            left = 5000
            while left: left -= len(accepted.recv(9999))
            accepted.sendall(b"y" * 3000)
            left = 3000
            while left: left -= len(client.recv(9999))
            client.close(); time.sleep(0.05); accepted.close(); time.sleep(0.05)

def unanswered():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0)); server.listen(0)
        clients = [socket.socket() for _ in range(4)]
        for client in clients: client.setblocking(False); client.connect_ex(server.getsockname())
        time.sleep(1.5)
        for client in clients: client.close()

def memory():
    blocks = [libc.malloc(77777) for _ in range(20)]
    for block in blocks[:8]: libc.free(ctypes.c_void_p(block))
    libc.calloc(7, 11111)

def secrets():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory + "/certificate.pem", directory + "/key.pem")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0)); server.listen(1)
        def serve():
            with context.wrap_socket(server.accept()[0], server_side=True) as session:
                session.sendall(b"answer to " + session.recv(100))
        thread = threading.Thread(target=serve); thread.start()
        trusting = ssl.create_default_context(); trusting.check_hostname = False; trusting.verify_mode = ssl.CERT_NONE
        with trusting.wrap_socket(socket.create_connection(server.getsockname())) as session:
            session.sendall(b"question"); session.recv(100)
        thread.join()

def disk():
    subprocess.run(["dd", "if=/dev/nullb0", "of=/dev/null", "iflag=direct", "bs=8192", "count=5", "skip=1000"], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["dd", "if=/dev/zero", "of=/dev/nullb0", "oflag=direct", "bs=4096", "count=3", "seek=77"], check=True, stderr=subprocess.DEVNULL)

def waits():
    for _ in range(20): time.sleep(0.05)

def calls():
    for _ in range(40): libc.getppid()
    for _ in range(7): libc.getuid()
    for _ in range(3): libc.getgid()

def reads():
    reader, writer = os.pipe()
    for size in (1, 2, 3, 5, 8, 100, 150, 250, 1000, 1999, 2000, 4000):
        os.write(writer, b"r" * size); os.read(reader, size)
    os.close(reader); os.close(writer)

def sleeps():
    for _ in range(5): libc.usleep(30000)

def signals():
    child = subprocess.Popen(["/bin/sleep", "100"])
    os.kill(child.pid, 12); child.wait()

def typing():
    import pty
    child, terminal = pty.fork()
    if child == 0: os.execv("/bin/bash", ["bash", "--norc", "-i"])
    for line in (b"echo typed words\\n", b"exit\\n"):
        time.sleep(2); os.write(terminal, line)
    try:
        while os.read(terminal, 1000): pass
    except OSError: pass
    os.waitpid(child, 0); os.close(terminal)

def questions():
    buffer = ctypes.create_string_buffer(1000)
    for path in (b"/etc/hostname", b"/nonexistent/file"):
        libc.syscall(4, path, buffer); libc.syscall(137, path, buffer)

def syncs():
    with open(os.path.join(directory, "synced"), "wb") as file:
        file.write(b"x" * 100000); os.fsync(file.fileno()); os.fdatasync(file.fileno())
    os.sync()

def naps():
    for seconds, nanoseconds in ((0, 20000000), (1, 5000000)):
        libc.syscall(35, struct.pack("qq", seconds, nanoseconds), None)

def identities():
    subprocess.run(["/bin/true"], preexec_fn=lambda: libc.setuid(12345))

def names():
    socket.getaddrinfo("localhost", 80)

def threads():
    for _ in range(3):
        thread = threading.Thread(target=int); thread.start(); thread.join()

def messages():
    one, other = socket.socketpair()
    one.sendall(b"a message"); other.recv(100); one.close(); other.close()

def dirty():
    subprocess.run(["dd", "if=/dev/zero", "of=/dev/nullb0", "bs=4096", "count=300"], check=True, stderr=subprocess.DEVNULL)
    os.sync()

def victims():
    child = subprocess.Popen(["/bin/sleep", "100"])
    with open(f"/proc/{child.pid}/oom_score_adj", "w") as file: file.write("1000")
    with open("/proc/sysrq-trigger", "w") as file: file.write("f")
    child.wait()

def burn():
    end = time.monotonic() + 3
    with open("/dev/zero", "rb", buffering=0) as zeros:
        buffer = bytearray(1 << 20)
        while time.monotonic() < end: zeros.readinto(buffer)

print("ready", flush=True)
for line in sys.stdin:
    for step in line.split():
        try: globals()[step]()
        except Exception as error: print(step, error, file=sys.stderr, flush=True)
    print("done", flush=True)
`;
