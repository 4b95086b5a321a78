import TestSupport

/// Runs a script as eve, with berth-nic as `$0` and the container's process ID as `$1`.
func eve(_ script: String, _ container: Container) -> Outcome {
    run([
        "setpriv", "--reuid", "2000", "--regid", "2000", "--clear-groups", "bash", "-c", script,
        Program.ours.installed, "\(container.process)",
    ])
}

/// Runs berth-nic as eve under strace.
/// - Returns: its outcome, and its system calls of these names from its execve on.
func traced(
    _ calls: String, _ words: [String], _ environment: [String] = []
) -> (Outcome, [String]) {
    let outcome = run(
        [
            "strace", "-f", "-qq", "-s", "4096", "-e", "trace=execve,\(calls)", "-e", "signal=none",
            "-o", "/run/test/trace", "setpriv", "--reuid", "2000", "--regid", "2000",
            "--clear-groups", "env",
        ] + environment + [Program.ours.installed] + words)
    let lines = contents(of: "/run/test/trace").split(separator: "\n").map {
        $0.drop { $0 != " " }.split(separator: " ").joined(separator: " ")
    }
    let start = lines.lastIndex { $0.hasPrefix("execve(\"\(Program.ours.installed)\"") } ?? 0
    return (outcome, Array(lines[start...].dropFirst()))
}
