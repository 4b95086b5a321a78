internal import CLinux

/// Waits until one of the descriptors is readable, with poll(2): there are too few to need
/// epoll(7).
/// - Parameter milliseconds: how long to wait; `nil` waits without limit.
/// - Returns: for each descriptor, whether it is readable.
package func awaitReadable(_ descriptors: [Int32], atMost milliseconds: Int32?) throws(Errno)
    -> [Bool]
{
    var waiting = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    try call { unsafe poll(&waiting, nfds_t(waiting.count), milliseconds ?? -1) }
    return waiting.map { $0.revents != 0 }
}
