import TestSupport

/// A script of eve's, with the helper as its `$0`, and the number of the container's process as
/// `$1`.
func eve(_ script: String, _ container: Container) -> Outcome {
    run([
        "setpriv", "--reuid", "2000", "--regid", "2000", "--clear-groups", "bash", "-c", script,
        Program.ours.installed, "\(container.process)",
    ])
}

/// The helper's own system calls of some sorts, from its start to its end.
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
