package import Linux

/// A line of lxc-usernet: `OWNER TYPE BRIDGE COUNT [OPTION…]`.
package struct UsernetEntry: Equatable, Sendable {
    package private(set) var owner: Owner
    package let bridge: UsernetBridge
    package let count: Int
    package let options: Options
    /// Where it stands in the file, from 1.
    package let line: Int

    /// The same under the name that its owner has in the ledger.
    func charged(to owner: Owner) -> UsernetEntry {
        var entry = self
        entry.owner = owner
        return entry
    }

    /// What stands behind COUNT. LXC's own helper reads none of it.
    package struct Options: Equatable, Sendable {
        /// The port reaches no other isolated port of its bridge.
        package var isIsolated = false
        /// Only frames from the address that the NIC was made with pass the port.
        package var filtersAddress = false
        /// Bytes, of the container's end; never more than the bridge's.
        package var mtu: UInt32?

        package init() {}
    }

    /// Why a line means nothing.
    package enum Fault: Error {
        case tooFewFields
        case unknownType(String)
        case invalidBridge(String)
        case invalidCount(String)
        case unknownOption(String)
        case invalidMTU(String)
    }

    /// - Parameter text: a line without its newline, neither blank nor a comment.
    package init(_ text: ArraySlice<UInt8>, line: Int) throws(Fault) {
        var words = words(of: text)
        // A comment may follow; `#` inside a word is part of it.
        if let comment = words.firstIndex(where: { $0.first == 0x23 }) {
            words.removeSubrange(comment...)
        }
        guard words.count >= 4 else { throw .tooFewFields }
        guard words[1].elementsEqual(veth) else { throw .unknownType(printable(words[1])) }
        guard let bridge = UsernetBridge(words[2]) else {
            throw .invalidBridge(printable(words[2]))
        }
        guard let count = decimal(words[3], upTo: UInt64(Int32.max)) else {
            throw .invalidCount(printable(words[3]))
        }
        owner = Owner(field: words[0])
        self.bridge = bridge
        self.count = Int(count)
        options = try Options(words[4...])
        self.line = line
    }
}

extension UsernetEntry.Options {
    /// The least that IPv4 allows on a link (RFC 791).
    private static let leastMTU: UInt64 = 68

    fileprivate init(_ words: ArraySlice<ArraySlice<UInt8>>) throws(UsernetEntry.Fault) {
        for word in words {
            if word.elementsEqual("isolated".utf8) {
                isIsolated = true
            } else if word.elementsEqual("macfilter".utf8) {
                filtersAddress = true
            } else if word.starts(with: "mtu=".utf8) {
                guard let mtu = decimal(word.dropFirst(4), upTo: 65535), mtu >= Self.leastMTU else {
                    throw .invalidMTU(printable(word))
                }
                self.mtu = UInt32(mtu)
            } else {
                throw .unknownOption(printable(word))
            }
        }
    }
}

extension UsernetEntry.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooFewFields: "it needs at least USER TYPE BRIDGE COUNT"
        case .unknownType(let word): "the type \"\(word)\" is not veth"
        case .invalidBridge(let word): "\"\(word)\" cannot be the name of a bridge"
        case .invalidCount(let word): "the count \"\(word)\" is not a number"
        case .unknownOption(let word):
            "the option \"\(word)\" is none of isolated, macfilter, mtu=N"
        case .invalidMTU(let word): "\"\(word)\" is not an mtu from 68 to 65535"
        }
    }
}
