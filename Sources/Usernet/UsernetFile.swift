package import Linux

/// `/etc/lxc/lxc-usernet`: how many NICs each user and group may have on each bridge.
package struct UsernetFile: Sendable {
    private let lines: Lines

    package init(_ bytes: [UInt8]) { lines = Lines(bytes: bytes) }

    /// An invalid line, which grants nothing.
    package struct InvalidLine: Error, Sendable {
        package let line: Int
        package let text: ArraySlice<UInt8>
        package let error: UsernetEntry.ParseError
    }

    /// The caller's lines for one bridge, in the order of the file.
    package struct CallerLines: Sendable {
        package internal(set) var entries: [UsernetEntry] = []
        /// Invalid lines whose first field names the caller or one of the caller's groups.
        package internal(set) var invalidLines: [InvalidLine] = []
    }

    /// Parses only the lines of the caller, because most lines of a long file are for other users.
    /// - Parameter owner: the owner that a field names; `nil` if it is neither the caller nor one
    ///   of the caller's groups.
    package func lines<Failure: Error>(
        for bridge: UsernetBridge, of owner: (ArraySlice<UInt8>) throws(Failure) -> Owner?
    ) throws(Failure) -> CallerLines {
        let bytes = lines.bytes
        let name = bridge.bytes
        var found = CallerLines()
        for (number, place) in lines.entries {
            var position = place.lowerBound
            guard let field = nextWord(in: bytes, from: &position, to: place.upperBound) else {
                continue
            }
            if bytes[field.lowerBound] == 0x40 {
                // Compare the bridge first: looking up a group may need a directory server.
                _ = nextWord(in: bytes, from: &position, to: place.upperBound)
                guard let found = nextWord(in: bytes, from: &position, to: place.upperBound),
                    bytesEqual(name, at: found, in: bytes)
                else { continue }
            }
            guard let charged = try owner(bytes[field]) else { continue }
            switch entry(place, line: number) {
            case .success(let entry) where entry.bridge != bridge: continue
            case .success(let entry): found.entries.append(entry.charged(to: charged))
            case .failure(let invalid): found.invalidLines.append(invalid)
            }
        }
        return found
    }

    /// All invalid lines.
    package var invalidLines: [InvalidLine] {
        lines.entries.compactMap {
            if case .failure(let invalid) = entry($0.place, line: $0.number) {
                invalid
            } else {
                nil
            }
        }
    }

    /// All valid lines, each with its owner as the line names it.
    package var entries: [UsernetEntry] {
        lines.entries.compactMap { try? entry($0.place, line: $0.number).get() }
    }

    private func entry(_ place: Range<Int>, line: Int) -> Result<UsernetEntry, InvalidLine> {
        let text = lines.bytes[place]
        do throws(UsernetEntry.ParseError) {
            return .success(try UsernetEntry(text, line: line))
        } catch { return .failure(InvalidLine(line: line, text: text, error: error)) }
    }
}
