internal import CLinux

/// Requests by UDP to servers (send(2), recv(2)), all sent at once.
package enum DatagramExchange {
    package struct Request: Sendable {
        let bytes: [UInt8]
        let address: [UInt8]
        let port: UInt16

        /// - Parameter address: 4 or 16 bytes.
        package init(_ bytes: [UInt8], to address: [UInt8], port: UInt16) {
            self.bytes = bytes
            self.address = address
            self.port = port
        }
    }

    /// Sends the requests, and waits for one packet from each server.
    /// - Parameter milliseconds: how long to wait for all of them.
    /// - Returns: the first packet of each server, of which at most 512 bytes are kept; `nil` for
    ///   a server that did not answer, or to which nothing could be sent.
    package static func answers(
        to requests: [Request], within milliseconds: Int
    ) -> [[UInt8]?] {
        let end = monotonicMilliseconds() + milliseconds
        var answers = [[UInt8]?](repeating: nil, count: requests.count)
        var waiting = requests.indices.compactMap { index in
            open(requests[index]).map { (index: index, socket: $0) }
        }
        defer { for entry in waiting { closeDescriptor(entry.socket) } }
        while !waiting.isEmpty {
            let rest = end - monotonicMilliseconds()
            guard rest > 0,
                let ready = try? awaitReadable(
                    waiting.map { $0.socket }, atMost: Int32(clamping: rest))
            else { break }
            for (entry, isReady) in zip(waiting, ready) where isReady {
                answers[entry.index] = received(on: entry.socket)
                closeDescriptor(entry.socket)
            }
            waiting = zip(waiting, ready).filter { !$0.1 }.map { $0.0 }
        }
        return answers
    }

    /// - Returns: the socket that receives the answer; `nil` if the request cannot be sent.
    private static func open(_ request: Request) -> Int32? {
        let length = request.address.count
        guard length == 4 || length == 16 else { return nil }
        let socket = unsafe linux_connect_udp(request.address, length, request.port)
        guard socket != -1 else { return nil }
        let count = unsafe request.bytes.withUnsafeBytes {
            unsafe send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count == request.bytes.count else {
            closeDescriptor(socket)
            return nil
        }
        return socket
    }

    /// - Returns: `nil` for an error, such as ECONNREFUSED if no program has bound the port.
    private static func received(on socket: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 512)
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe recv(socket, $0.baseAddress, $0.count, 0)
        }
        return count >= 0 ? Array(buffer[..<count]) : nil
    }
}
