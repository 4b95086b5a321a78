internal import Linux

/// Finds out whether name servers answer, by a query that they answer without asking other servers.
package enum NameServerProbe {
    /// How long a server may take, in milliseconds. Resolvers wait 5 s before they try again.
    package static let milliseconds = 500

    package struct Server: Sendable {
        let address: [UInt8]
        let port: UInt16
        /// A domain for which the server is authoritative; `nil` for the name `localhost`.
        let domain: String?

        /// - Parameter address: 4 or 16 bytes.
        package init(_ address: [UInt8], port: UInt16 = 53, domain: String? = nil) {
            self.address = address
            self.port = port
            self.domain = domain
        }
    }

    /// Queries all servers at once.
    /// - Returns: whether each answered. Every answer counts, even an error.
    package static func answers(of servers: [Server]) -> [Bool] {
        let queries = servers.enumerated().map { number, server in
            // The identifier only has to be unlikely to equal that of another process.
            let identifier = UInt16(truncatingIfNeeded: monotonicMilliseconds() &+ number &* 257)
            return query(for: name(in: server.domain), identifier)
        }
        let requests = zip(servers, queries).map {
            DatagramExchange.Request($1, to: $0.address, port: $0.port)
        }
        return zip(DatagramExchange.answers(to: requests, within: milliseconds), queries).map {
            answer, query in answer.map { isAnswer($0, to: query) } ?? false
        }
    }

    /// A name that no container has: a label of a host name does not begin with an underscore.
    private static func name(in domain: String?) -> String {
        domain.map { "_berth-doctor.\($0)" } ?? "localhost"
    }

    /// A query for an address record (RFC 1035, section 4).
    package static func query(for name: String, _ identifier: UInt16) -> [UInt8] {
        var bytes: [UInt8] = [
            UInt8(identifier >> 8), UInt8(identifier & 0xff),
            // Recursion desired; one question.
            1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
        ]
        for label in name.split(separator: ".") {
            let label = label.utf8.prefix(63)
            bytes += [UInt8(label.count)] + label
        }
        // The end of the name, type A, class IN.
        return bytes + [0, 0, 1, 0, 1]
    }

    package static func isAnswer(_ answer: [UInt8], to query: [UInt8]) -> Bool {
        answer.count >= 12 && answer[..<2] == query[..<2] && answer[2] & 0x80 != 0
    }
}
