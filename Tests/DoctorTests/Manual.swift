import Doctor
import TestSupport
import Testing

/// What berth(1) documents.
@Suite
struct Manual {
    @Test("the manual lists every check, in order")
    func checks() {
        let path = String(#filePath.dropLast("Tests/DoctorTests/Manual.swift".count))
        let lines = contents(of: path + "man/berth.1").split(separator: "\n").map(String.init)
        let start = lines.firstIndex(of: ".Ss The checks") ?? 0
        let named = lines[(start + 1)...].prefix { !$0.hasPrefix(".Ss ") }.filter {
            $0.hasPrefix(".It Cm ")
        }
        #expect(named.map { String($0.dropFirst(".It Cm ".count)) } == Checks.names)
    }
}
