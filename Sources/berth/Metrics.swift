internal import ArgumentParser
internal import CLI
internal import Linux
internal import StatusReport

struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the status as numbers for Prometheus.",
        discussion: """
            The format is that of OpenMetrics, for the textfile collector of node_exporter. \
            berth(1) describes the metrics and how to collect them.
            """)

    @Option(
        help: ArgumentHelp(
            "Write to this file, replacing it atomically.", valueName: "file"),
        completion: .file())
    var output: String?

    func run() throws {
        let text = HostMetrics.observe().text
        guard let output else { return try Berth.printResult(text) }
        do throws(Errno) { try SmallFile.replace(output, with: Array(text.utf8)) } catch {
            throw Berth.failure(
                "cannot write \(UntrustedText(output).quoted): \(error.description)")
        }
    }
}
