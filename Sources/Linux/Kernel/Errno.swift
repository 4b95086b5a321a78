internal import CLinux

/// An error number of the kernel or the C library.
package struct Errno: Error, Equatable, Sendable {
    package let code: Int32

    package init(_ code: Int32) { self.code = code }

    package static let exists = Errno(EEXIST)
    package static let invalid = Errno(EINVAL)
    package static let noDevice = Errno(ENODEV)
    package static let noAddress = Errno(EADDRNOTAVAIL)
    package static let again = Errno(EAGAIN)
    package static let busy = Errno(EBUSY)
    package static let nameTooLong = Errno(ENAMETOOLONG)
    package static let notFound = Errno(ENOENT)
    package static let accessDenied = Errno(EACCES)
    package static let notPermitted = Errno(EPERM)
    package static let noProcess = Errno(ESRCH)
    package static let notSupported = Errno(EOPNOTSUPP)
    package static let noFamily = Errno(EAFNOSUPPORT)
    package static let noMemory = Errno(ENOMEM)
    static let interrupted = Errno(EINTR)
    package static let noProtocol = Errno(EPROTONOSUPPORT)
    package static let noAccess = Errno(EACCES)
    package static let crossDevice = Errno(EXDEV)
    package static let networkUnreachable = Errno(ENETUNREACH)
    package static let hostUnreachable = Errno(EHOSTUNREACH)
    package static let badMessage = Errno(EBADMSG)

    /// errno as the last failed C function set it.
    package static var lastFailure: Errno { Errno(linux_errno()) }
}

extension Errno: CustomStringConvertible {
    /// The C library's text for it, such as "No such device".
    package var description: String { unsafe String(cString: strerror(code)) }
}

/// Turns a C function's -1 into an error. Retries on EINTR.
@discardableResult
func call<Result: SignedInteger>(_ body: () -> Result) throws(Errno) -> Result {
    while true {
        do {
            return try callOnce(body)
        } catch {
            guard error == .interrupted else { throw error }
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
