import Linux
import TestSupport
import Testing

@testable import Doctor

/// Containers that fail to start for one reason each: failing-starts.sh causes each fault. The logs
/// of LXC 6 and 7 are fixtures; those of the installed LXC are written during the test.
@Suite
struct FailingStarts {
    @Test(
        "the log of the installed lxc-start names the fault",
        .enabled(if: obstacle == nil, "\(obstacle ?? "")"))
    func installed() async {
        let said = await runAside(
            ["\(tests)/lxc-host.sh", "\(tests)/DoctorTests/failing-starts.sh"],
            environment: [
                "PATH": searchPath, "LANG": "C.UTF-8", "BERTH_NIC": Program.ours.path,
                "BERTH": variable("BERTH") ?? "",
            ])
        let faults = faults(ofVersion: String(said.lines.first?.prefix { $0 != "." } ?? ""))
        var unfound = Set(faults.compactMap { $0.id == nil ? nil : $0.log })
        for line in said.lines.dropFirst() {
            let words = line.split(separator: " ").map(String.init)
            guard let name = words.first, let fault = faults.first(where: { $0.log == name }) else {
                // lxc-start of an older or a newer LXC may start the container all the same.
                expect(line.hasSuffix(": it starts"), line)
                continue
            }
            unfound.remove(name)
            expect(fault.id.map { words.contains($0) } ?? true, line)
            expect(!words.contains("unknown"), line)
        }
        expect(unfound.isEmpty, "\(unfound)\n\(said.output)\(said.errorOutput)")
    }

    @Test("the logs of LXC 6 and 7 name the fault", arguments: ["lxc6", "lxc7"])
    func recorded(version: String) {
        let folder = "\(tests)/DoctorTests/logs/\(version)"
        let names = run(["ls", folder]).lines.map { String($0.dropLast(".log".count)) }
        #expect(names.count >= 80)
        let faults = faults(ofVersion: String(version.dropFirst("lxc".count)))
        for name in names {
            let wanted = faults.first { $0.log == name }?.id ?? name
            let text = TestSupport.contents(of: "\(folder)/\(name).log")
            let found = LXCLogExplanation(
                of: Array(text.utf8), file: UntrustedText(name),
                on: .alices(isRoot: name.hasPrefix("root-")))
            let ids = found.messages.map(\.entry.id)
            #expect(ids.contains(wanted), "\(version) \(name): \(ids)")
            #expect(!ids.contains("unknown"), "\(version) \(name): \(ids)")
            let causes = found.messages.filter { $0.entry.isFatal }
            #expect(causes.count <= 2, "\(version) \(name): \(ids)")
        }
    }
}

private let tests = String(#filePath.dropLast("/DoctorTests/FailingStarts.swift".count))

private var obstacle: String? {
    Host.obstacle ?? (variable("BERTH") == nil ? "no BERTH: run make" : nil)
}

/// A line of failing-starts.txt.
private struct Fault {
    let log: String
    /// The ID of the message; `nil` if the container starts with this version of LXC.
    let id: String?
}

/// The faults, with the messages of a version of LXC.
private func faults(ofVersion major: String) -> [Fault] {
    TestSupport.contents(of: "\(tests)/DoctorTests/failing-starts.txt").split(separator: "\n")
        .filter { !$0.hasPrefix("#") }
        .map { line in
            let words = line.split(separator: " ")
            let id =
                words.dropFirst(2).first { $0.hasPrefix("\(major):") }?.dropFirst(2) ?? words[1]
            return Fault(log: String(words[0]), id: id == "-" ? nil : String(id))
        }
}
