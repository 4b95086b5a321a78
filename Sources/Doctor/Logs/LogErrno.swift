/// An error number in a log: the text of strerror(3), in glibc and in musl.
enum LogErrno: String, Sendable, CaseIterable {
    case notPermitted = "Operation not permitted"
    case accessDenied = "Permission denied"
    case notFound = "No such file or directory"
    case noProcess = "No such process"
    case noDevice = "No such device"
    case noDeviceOrAddress = "No such device or address"
    case exists = "File exists"
    case busy = "Device or resource busy"
    case invalid = "Invalid argument"
    case notDirectory = "Not a directory"
    case isDirectory = "Is a directory"
    case notEmpty = "Directory not empty"
    case noSpace = "No space left on device"
    case quotaExceeded = "Disk quota exceeded"
    case again = "Resource temporarily unavailable"
    case noMemory = "Cannot allocate memory"
    case readOnly = "Read-only file system"
    case notSupported = "Operation not supported"
    case noSystemCall = "Function not implemented"
    case noFamily = "Address family not supported by protocol"
    case tooManyUsers = "Too many users"
    case tooManyLinks = "Too many levels of symbolic links"
    case tooManyFiles = "Too many open files"
    case nameTooLong = "File name too long"
    case wrongFormat = "Exec format error"
    case outOfRange = "Numerical result out of range"
    case input = "Input/output error"
    case badDescriptor = "Bad file descriptor"
    case noTerminal = "Inappropriate ioctl for device"
    case crossDevice = "Invalid cross-device link"
    case textBusy = "Text file busy"
    case connectionRefused = "Connection refused"
    case connectionReset = "Connection reset by peer"
    case brokenPipe = "Broken pipe"
    case noChild = "No child processes"
    case interrupted = "Interrupted system call"
    case noAddress = "Cannot assign requested address"
    case unreachableNetwork = "Network is unreachable"
    case unreachableHost = "No route to host"
    case blockDevice = "Block device required"
    case badMessage = "Bad message"
    case overflow = "Value too large for defined data type"
    case timedOut = "Connection timed out"
    /// errno was 0: LXC found the fault itself.
    case success = "Success"

    /// - Parameter text: of glibc or of musl.
    init?(text: some StringProtocol) {
        if let errno = LogErrno(rawValue: String(text)) {
            self = errno
            return
        }
        switch text {
        case "Resource busy": self = .busy
        case "Quota exceeded": self = .quotaExceeded
        case "Out of memory": self = .noMemory
        case "Not supported": self = .notSupported
        case "Symbolic link loop": self = .tooManyLinks
        case "No file descriptors available": self = .tooManyFiles
        case "Filename too long": self = .nameTooLong
        case "Result not representable": self = .outOfRange
        case "I/O error": self = .input
        case "Not a tty": self = .noTerminal
        case "Cross-device link": self = .crossDevice
        case "No child process": self = .noChild
        case "Address not available": self = .noAddress
        case "Value too large for data type": self = .overflow
        case "Operation timed out": self = .timedOut
        case "Network unreachable": self = .unreachableNetwork
        case "Host is unreachable": self = .unreachableHost
        case "No error information": self = .success
        default: return nil
        }
    }
}
