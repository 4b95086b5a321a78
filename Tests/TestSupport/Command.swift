import CLinux
import Glibc

/// Another program, run to its end from this very thread: a test has entered namespaces with it,
/// and only what this thread starts is in them too.
package struct Outcome: Equatable {
    /// The exit status; 128 and the signal's number if one ended it.
    package let status: Int32
    package let output: String
    package let complaint: String

    package var succeeded: Bool { status == 0 }
    package var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// - Parameter environment: all of the program's environment.
package func run(
    _ words: [String], environment: [String: String] = ["PATH": searchPath, "LANG": "C.UTF-8"]
) -> Outcome {
    let output = Capture()
    let complaint = Capture()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.descriptor, 1)
    posix_spawn_file_actions_adddup2(&actions, complaint.descriptor, 2)
    // The runner of the tests blocks signals in its threads, and ping(8) lives by SIGALRM.
    var attributes = posix_spawnattr_t()
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    let arguments = words.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    var process: pid_t = 0
    let failure = posix_spawnp(&process, words[0], &actions, &attributes, arguments, variables)
    guard failure == 0 else {
        return Outcome(
            status: 127, output: "", complaint: "\(words[0]): \(String(cString: strerror(failure)))"
        )
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    let signal = status & 0x7f
    return Outcome(
        status: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: output.text,
        complaint: complaint.text)
}

package let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/// A shell's script; what the shell says is part of the outcome.
@discardableResult
package func shell(_ script: String) -> Outcome {
    run(["/bin/bash", "-c", script])
}

/// Starts a shell's script and goes on; what it says goes nowhere.
func start(_ script: String) {
    let words = ["/bin/sh", "-c", script].map { (word: String) in strdup(word) } + [nil]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    for number: Int32 in 0...2 {
        posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
    }
    var process: Int32 = 0
    posix_spawn(&process, "/bin/sh", &actions, nil, words, environ)
}

/// A nameless file: unlike a pipe it never fills up, and keeps every byte.
private struct Capture {
    let descriptor: Int32

    init() { descriptor = open("/tmp", linux_O_TMPFILE | O_RDWR, 0o600) }

    var text: String {
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        var bytes = [UInt8](repeating: 0, count: max(size, 0))
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}

/// A file's contents, or nothing.
package func contents(of path: String) -> String {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(descriptor, &chunk, chunk.count)
        guard count > 0 else { break }
        bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// Writes a file anew.
package func write(_ text: String, to path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}

/// A variable of this process's environment, unless it is empty.
package func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}

/// What the children that have ended used of processors: others who are at work do not make it more.
package func processorTime() -> Duration {
    var use = rusage()
    getrusage(RUSAGE_CHILDREN.rawValue, &use)
    return [use.ru_utime, use.ru_stime].reduce(.zero) {
        $0 + .seconds($1.tv_sec) + .microseconds($1.tv_usec)
    }
}
