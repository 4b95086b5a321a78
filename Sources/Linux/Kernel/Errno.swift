internal import CLinux

/// What the kernel answered instead of doing what it was asked.
package struct Errno: Error, Equatable, Sendable {
    package let code: Int32

    package init(_ code: Int32) { self.code = code }

    package static let exists = Errno(EEXIST)
    package static let invalid = Errno(EINVAL)
    package static let noDevice = Errno(ENODEV)
    package static let noAddress = Errno(EADDRNOTAVAIL)
    package static let again = Errno(EAGAIN)
    package static let busy = Errno(EBUSY)
    package static let notFound = Errno(ENOENT)
    package static let notPermitted = Errno(EPERM)
    package static let notSupported = Errno(EOPNOTSUPP)
    package static let noFamily = Errno(EAFNOSUPPORT)
    package static let noMemory = Errno(ENOMEM)
    static let interrupted = Errno(EINTR)
    package static let noProtocol = Errno(EPROTONOSUPPORT)
    package static let badMessage = Errno(EBADMSG)

    /// What the last C function that failed left behind.
    package static var lastFailure: Errno { Errno(linux_errno()) }
}

extension Errno: CustomStringConvertible {
    /// The C library's sentence for it, "No such device".
    package var description: String { unsafe String(cString: strerror(code)) }
}

/// The one place where a C function's -1 becomes an error. Begins anew when a signal came first.
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

/// The same for a call that a signal is meant to end.
@discardableResult
func callOnce<Result: SignedInteger>(_ body: () -> Result) throws(Errno) -> Result {
    let result = body()
    guard result == -1 else { return result }
    throw .lastFailure
}
