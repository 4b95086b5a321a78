import CLinux
import Glibc

/// The result of a program that `run` ran to its end.
package struct Outcome: Equatable {
    /// The exit status; 128 plus the signal's number if a signal killed it.
    package let status: Int32
    package let output: String
    package let errorOutput: String

    package var succeeded: Bool { status == 0 }
    package var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs a program to its end from this thread: a test enters namespaces with one thread, and only
/// what that thread starts is in them.
/// - Parameter environment: the program's whole environment.
package func run(
    _ words: [String], environment: [String: String] = ["PATH": searchPath, "LANG": "C.UTF-8"]
) -> Outcome {
    keepDescriptors()
    let output = Capture()
    let errorOutput = Capture()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output.descriptor, 1)
    posix_spawn_file_actions_adddup2(&actions, errorOutput.descriptor, 2)
    // The test runner blocks signals in its threads, and ping(8) needs SIGALRM.
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
            status: 127, output: "",
            errorOutput: "\(words[0]): \(String(cString: strerror(failure)))"
        )
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1 && errno == EINTR {}
    let signal = status & 0x7f
    return Outcome(
        status: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: output.text,
        errorOutput: errorOutput.text)
}

/// Runs a program as `run` does, without blocking a thread of Swift's cooperative pool. Another
/// thread starts it, so it is not for a test that entered namespaces.
package func runAside(
    _ words: [String], environment: [String: String] = ["PATH": searchPath, "LANG": "C.UTF-8"]
) async -> Outcome {
    await withCheckedContinuation { continuation in
        let job = Job { continuation.resume(returning: run(words, environment: environment)) }
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            {
                $0.map { Unmanaged<Job>.fromOpaque($0).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(job).toOpaque())
        precondition(failure == 0, "no thread: \(String(cString: strerror(failure)))")
        pthread_detach(thread)
    }
}

private final class Job {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
}

package let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/// Runs shell commands.
@discardableResult
package func shell(_ script: String) -> Outcome {
    run(["/bin/bash", "-c", script])
}

/// Runs `scripts/NAME.sh` in the directory of the calling file.
@discardableResult
package func script(
    _ name: String, _ arguments: [String] = [], file: String = #filePath
) -> Outcome {
    run(["/bin/bash", scriptPath("\(name).sh", file: file)] + arguments)
}

/// Runs `scripts/NAME.py` in the directory of the calling file.
@discardableResult
package func python(
    _ name: String, _ arguments: [String] = [], file: String = #filePath
) -> Outcome {
    run(["/usr/bin/python3", scriptPath("\(name).py", file: file)] + arguments)
}

/// The path of a file in `scripts`, in the directory of the calling file.
package func scriptPath(_ name: String, file: String = #filePath) -> String {
    "\(file[..<(file.lastIndex(of: "/") ?? file.startIndex)])/scripts/\(name)"
}

/// Prevents programs from inheriting this process's descriptors. An exit test ends when no process
/// has the pipe to the test runner open, and dash knows only descriptors of one digit.
private func keepDescriptors() { _ = linux_close_range_from(3, UInt32(CLOSE_RANGE_CLOEXEC)) }

/// Starts shell commands in the background, without output.
package func start(_ script: String) {
    keepDescriptors()
    let words = ["/bin/sh", "-c", script].map { (word: String) in strdup(word) } + [nil]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    for number: Int32 in 0...2 {
        posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
    }
    var process: Int32 = 0
    posix_spawn(&process, "/bin/sh", &actions, nil, words, environ)
}

/// An unnamed temporary file. Unlike a pipe, it never fills up.
private struct Capture {
    let descriptor: Int32

    init() { descriptor = open("/tmp", linux_O_TMPFILE | O_RDWR | O_CLOEXEC, 0o600) }

    var text: String {
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        var bytes = [UInt8](repeating: 0, count: max(size, 0))
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}

/// A file's contents; empty if it cannot be read.
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

/// Replaces a file's contents.
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

/// Waits until the programs read files that were just written without a pause, which would be one
/// more system call.
package func awaitSettledFiles() { usleep(50_000) }

/// An environment variable of this process, or `nil` if it is unset or empty.
package func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}

/// The processor time that ended children used. Unlike elapsed time, it is the same on a busy
/// machine.
package func processorTime() -> Duration {
    var use = rusage()
    getrusage(RUSAGE_CHILDREN.rawValue, &use)
    return [use.ru_utime, use.ru_stime].reduce(.zero) {
        $0 + .seconds($1.tv_sec) + .microseconds($1.tv_usec)
    }
}
