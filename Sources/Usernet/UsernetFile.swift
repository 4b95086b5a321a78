package import Linux

/// `/etc/lxc/lxc-usernet`: who may have how many NICs on which bridge.
package struct UsernetFile: Sendable {
    private let lines: Lines

    package init(_ bytes: [UInt8]) { lines = Lines(bytes: bytes) }

    /// A line that cannot be understood, and gives nobody anything.
    package struct Skipped: Sendable {
        package let line: Int
        package let text: ArraySlice<UInt8>
        package let fault: UsernetEntry.Fault
    }

    /// The caller's lines for one bridge, in the order of the file.
    package struct Own: Sendable {
        package internal(set) var entries: [UsernetEntry] = []
        /// Lines that begin like one of his and cannot be understood.
        package internal(set) var skipped: [Skipped] = []
    }

    /// Most lines of a long file are other people's: those are not taken apart.
    /// - Parameter owner: the caller as the owner whom a field names; `nil` if it names somebody
    ///   else.
    package func lines<Failure: Error>(
        for bridge: UsernetBridge, of owner: (ArraySlice<UInt8>) throws(Failure) -> Owner?
    ) throws(Failure) -> Own {
        let bytes = lines.bytes
        let name = bridge.bytes
        var own = Own()
        var number = 0
        for place in lines {
            number += 1
            var position = place.lowerBound
            guard let field = nextWord(in: bytes, from: &position, to: place.upperBound),
                bytes[field.lowerBound] != 0x23
            else { continue }
            if bytes[field.lowerBound] == 0x40 {
                // Whose group it is may cost a look-up; whose bridge it is costs none.
                _ = nextWord(in: bytes, from: &position, to: place.upperBound)
                guard let found = nextWord(in: bytes, from: &position, to: place.upperBound),
                    stands(name, at: found, in: bytes)
                else { continue }
            }
            guard let chargedEntry = try owner(bytes[field]) else { continue }
            do throws(UsernetEntry.Fault) {
                let entry = try UsernetEntry(bytes[place], line: number)
                if entry.bridge == bridge { own.entries.append(entry.charged(to: chargedEntry)) }
            } catch {
                own.skipped.append(Skipped(line: number, text: bytes[place], fault: error))
            }
        }
        return own
    }

    /// Every line that gives nobody anything, for whoever looks after the file.
    package var faults: [Skipped] { judged.faults }

    /// Every line that gives somebody something, under the name that the line has for its owner.
    package var entries: [UsernetEntry] { judged.entries }

    private var judged: (entries: [UsernetEntry], faults: [Skipped]) {
        var entries: [UsernetEntry] = []
        var faults: [Skipped] = []
        var number = 0
        for place in lines {
            number += 1
            let text = lines.bytes[place].drop(while: isBlank)
            guard let first = text.first, first != 0x23 else { continue }
            do throws(UsernetEntry.Fault) {
                entries.append(try UsernetEntry(text, line: number))
            } catch {
                faults.append(Skipped(line: number, text: text, fault: error))
            }
        }
        return (entries, faults)
    }
}
