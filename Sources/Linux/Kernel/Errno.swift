internal import CLinux

/// An error number of the kernel or the C library. Those that programs handle are named as in C.
// swift-format-ignore: AlwaysUseLowerCamelCase
package struct Errno: Error, Equatable, Sendable {
    package let code: Int32

    package init(_ code: Int32) { self.code = code }

    package static let EEXIST = Errno(CLinux.EEXIST)
    package static let EINVAL = Errno(CLinux.EINVAL)
    package static let ENODEV = Errno(CLinux.ENODEV)
    package static let EADDRINUSE = Errno(CLinux.EADDRINUSE)
    package static let EADDRNOTAVAIL = Errno(CLinux.EADDRNOTAVAIL)
    package static let EAGAIN = Errno(CLinux.EAGAIN)
    package static let EBUSY = Errno(CLinux.EBUSY)
    package static let ENAMETOOLONG = Errno(CLinux.ENAMETOOLONG)
    package static let ENOENT = Errno(CLinux.ENOENT)
    package static let EACCES = Errno(CLinux.EACCES)
    package static let EPERM = Errno(CLinux.EPERM)
    package static let ESRCH = Errno(CLinux.ESRCH)
    package static let EOPNOTSUPP = Errno(CLinux.EOPNOTSUPP)
    package static let EAFNOSUPPORT = Errno(CLinux.EAFNOSUPPORT)
    package static let ENOMEM = Errno(CLinux.ENOMEM)
    static let EINTR = Errno(CLinux.EINTR)
    package static let EPROTONOSUPPORT = Errno(CLinux.EPROTONOSUPPORT)
    package static let EXDEV = Errno(CLinux.EXDEV)
    package static let ETIME = Errno(CLinux.ETIME)
    package static let ENETUNREACH = Errno(CLinux.ENETUNREACH)
    package static let EHOSTUNREACH = Errno(CLinux.EHOSTUNREACH)
    package static let EBADMSG = Errno(CLinux.EBADMSG)

    /// errno(3) as the last failed C function set it.
    package static var lastFailure: Errno { Errno(linux_errno()) }
}

extension Errno: CustomStringConvertible {
    /// The C library's text for it, such as "No such device".
    package var description: String { unsafe String(cString: strerror(code)) }
}

/// Turns a C function's -1 into an error. Retries on EINTR.
@discardableResult
package func call<Result: SignedInteger>(_ body: () -> Result) throws(Errno) -> Result {
    while true {
        do {
            return try callOnce(body)
        } catch {
            guard error == .EINTR else { throw error }
        }
    }
}

/// Like ``call(_:)``, but throws EINTR: for a call that a signal is meant to interrupt.
@discardableResult
func callOnce<Result: SignedInteger>(_ body: () -> Result) throws(Errno) -> Result {
    let result = body()
    guard result == -1 else { return result }
    throw .lastFailure
}
