internal import Linux

/// The parser of `/etc/lxc/lxc-usernet`, which says how many NICs each user and group may have on
/// each bridge.
package struct UsernetFile: Sendable {
    let lines: Lines

    package init(_ bytes: [UInt8]) { lines = Lines(bytes: bytes) }

    /// An invalid line, which grants nothing (fail-closed).
    package struct InvalidLine: Error, Sendable {
        package let line: Int
        package let text: ArraySlice<UInt8>
        package let error: UsernetEntry.ParseError
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

    /// All valid lines.
    package var entries: [UsernetEntry] {
        lines.entries.compactMap { try? entry($0.place, line: $0.number).get() }
    }

    func entry(_ place: Range<Int>, line: Int) -> Result<UsernetEntry, InvalidLine> {
        let text = lines.bytes[place]
        do throws(UsernetEntry.ParseError) {
            return .success(try UsernetEntry(text, line: line))
        } catch { return .failure(InvalidLine(line: line, text: text, error: error)) }
    }
}
