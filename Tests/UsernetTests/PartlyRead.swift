import Glibc
import Linux
import Testing

@testable import Usernet

/// The lines that `berth-nic` keeps while it reads a long file are those that decide.
@Suite struct PartlyRead {
    @Test(
        "a file that is read for one caller and bridge gives the same lines as the whole file",
        .enabled(if: geteuid() == 0, "only root's files are trusted"))
    func sameLines() throws {
        let stream = try #require(tmpfile())
        defer { fclose(stream) }
        var random = SystemRandomNumberGenerator()
        let names = ["eve", "@staff", "*", "bob", "@other", "\\145ve", "#eve", "", "\u{1}"]
        let types = ["veth", "vet", ""]
        let bridges = ["br0", "br1", ""]
        let rest = ["1", "2 isolated", "none", "3 # br0", "", "1 each", "4\r"]
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                [names, types, bridges, rest].map { $0.randomElement(using: &random) ?? "" }
                    .joined(separator: Bool.random(using: &random) ? " " : "\t ")
            }.joined(separator: "\n")
            #expect(ftruncate(fileno(stream), 0) == 0)
            let bytes = Array(text.utf8)
            #expect(pwrite(fileno(stream), bytes, bytes.count, 0) == bytes.count)

            let file = try TrustedFile.open("\(fileno(stream))", in: "/proc/self/fd")
            for bridge in ["br0", "br1"].compactMap({ UsernetBridge($0.utf8) }) {
                var caller = TestCaller(["eve", "@staff"])
                let part = try UsernetFile(reading: file, for: bridge, of: caller)
                let found = part.lines(for: bridge, of: &caller)
                let expected = UsernetFile(bytes).lines(for: bridge, of: &caller)
                #expect(found.lines == expected.lines, "\(text)")
                #expect(found.invalidLines.map(\.line) == expected.invalidLines.map(\.line))
                #expect(found.excluding == expected.excluding)
            }
        }
    }
}
