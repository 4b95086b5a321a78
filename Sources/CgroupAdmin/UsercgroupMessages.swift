internal import Delegation
internal import HostPaths
internal import Linux

extension UsercgroupFile {
    static func load() throws(Failure) -> UsercgroupFile {
        do throws(TrustedFile.TrustError) { return try read() } catch {
            throw Failure(error.description)
        }
    }

    var validEntries: [UsercgroupEntry] { entries.compactMap { try? $0.get() } }

    /// A message for each invalid line.
    var invalidLineMessages: [String] {
        entries.compactMap { line in
            guard case .failure(let invalid) = line else { return nil }
            return Self.message(line: invalid.line, invalid.error.description)
        }
    }

    static func message(line: Int, _ text: String) -> String {
        "\(Paths.usercgroup):\(line): \(text)"
    }
}

extension UsercgroupEntry {
    func message(_ text: String) -> String { UsercgroupFile.message(line: line, text) }
}
