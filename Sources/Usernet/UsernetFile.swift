package import Linux

/// The parser of `/etc/lxc/lxc-usernet`, which says how many NICs each user and group may have on
/// each bridge.
package struct UsernetFile: Sendable {
    private(set) var bytes: [UInt8]
    /// The lines that are neither blank nor comments.
    private(set) var lines: [Line]

    /// The number of a line, and its place in ``bytes``.
    struct Line: Sendable {
        let number: Int
        let place: Range<Int>
    }

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        lines = Lines(bytes: bytes).entries.map { Line(number: $0.number, place: $0.place) }
    }

    /// Reads only the lines that ``lines(for:of:)`` needs for that bridge and caller.
    package init<Caller: UsernetCaller>(
        reading file: borrowing TrustedFile, for bridge: UsernetBridge, of caller: Caller
    ) throws(TrustedFile.TrustError) {
        (self, _) = try file.reduceLines(into: (UsernetFile([]), 0)) { read, buffer, line in
            read.1 += 1
            guard let place = entryRange(in: buffer, at: line),
                Self.mayConcern(caller, bridge, at: place, in: buffer)
            else { return }
            read.0.append(buffer[place], number: read.1)
        }
    }

    private mutating func append(_ line: ArraySlice<UInt8>, number: Int) {
        lines.append(Line(number: number, place: bytes.count..<(bytes.count + line.count)))
        bytes += line
    }

    /// An invalid line, which grants nothing (fail-closed).
    package struct InvalidLine: Error, Sendable {
        package let line: Int
        package let text: ArraySlice<UInt8>
        package let error: UsernetEntry.ParseError
    }

    /// All invalid lines.
    package var invalidLines: [InvalidLine] {
        lines.compactMap {
            if case .failure(let invalid) = entry($0) {
                invalid
            } else {
                nil
            }
        }
    }

    /// All valid lines.
    package var entries: [UsernetEntry] {
        lines.compactMap { try? entry($0).get() }
    }

    func entry(_ line: Line) -> Result<UsernetEntry, InvalidLine> {
        let text = bytes[line.place]
        do throws(UsernetEntry.ParseError) {
            return .success(try UsernetEntry(text, line: line.number))
        } catch { return .failure(InvalidLine(line: line.number, text: text, error: error)) }
    }
}
