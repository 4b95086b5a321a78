/// An error number in a log: the text of strerror(3), in glibc and in musl.
// swift-format-ignore: AlwaysUseLowerCamelCase
enum LogErrno: String, Sendable, CaseIterable {
    case EPERM = "Operation not permitted"
    case EACCES = "Permission denied"
    case ENOENT = "No such file or directory"
    case ESRCH = "No such process"
    case ENODEV = "No such device"
    case ENXIO = "No such device or address"
    case EEXIST = "File exists"
    case EBUSY = "Device or resource busy"
    case EINVAL = "Invalid argument"
    case ENOTDIR = "Not a directory"
    case EISDIR = "Is a directory"
    case ENOTEMPTY = "Directory not empty"
    case ENOSPC = "No space left on device"
    case EDQUOT = "Disk quota exceeded"
    case EAGAIN = "Resource temporarily unavailable"
    case ENOMEM = "Cannot allocate memory"
    case EROFS = "Read-only file system"
    case EOPNOTSUPP = "Operation not supported"
    case ENOSYS = "Function not implemented"
    case EAFNOSUPPORT = "Address family not supported by protocol"
    case EUSERS = "Too many users"
    case ELOOP = "Too many levels of symbolic links"
    case EMFILE = "Too many open files"
    case ENAMETOOLONG = "File name too long"
    case ENOEXEC = "Exec format error"
    case ERANGE = "Numerical result out of range"
    case EIO = "Input/output error"
    case EBADF = "Bad file descriptor"
    case ENOTTY = "Inappropriate ioctl for device"
    case EXDEV = "Invalid cross-device link"
    case ETXTBSY = "Text file busy"
    case ECONNREFUSED = "Connection refused"
    case ECONNRESET = "Connection reset by peer"
    case EPIPE = "Broken pipe"
    case ECHILD = "No child processes"
    case EINTR = "Interrupted system call"
    case EADDRNOTAVAIL = "Cannot assign requested address"
    case ENETUNREACH = "Network is unreachable"
    case EHOSTUNREACH = "No route to host"
    case ENOTBLK = "Block device required"
    case EBADMSG = "Bad message"
    case EOVERFLOW = "Value too large for defined data type"
    case ETIMEDOUT = "Connection timed out"
    /// errno was 0: LXC found the fault itself.
    case success = "Success"

    /// - Parameter text: of glibc or of musl.
    init?(text: some StringProtocol) {
        if let errno = LogErrno(rawValue: String(text)) {
            self = errno
            return
        }
        switch text {
        case "Resource busy": self = .EBUSY
        case "Quota exceeded": self = .EDQUOT
        case "Out of memory": self = .ENOMEM
        case "Not supported": self = .EOPNOTSUPP
        case "Symbolic link loop": self = .ELOOP
        case "No file descriptors available": self = .EMFILE
        case "Filename too long": self = .ENAMETOOLONG
        case "Result not representable": self = .ERANGE
        case "I/O error": self = .EIO
        case "Not a tty": self = .ENOTTY
        case "Cross-device link": self = .EXDEV
        case "No child process": self = .ECHILD
        case "Address not available": self = .EADDRNOTAVAIL
        case "Value too large for data type": self = .EOVERFLOW
        case "Operation timed out": self = .ETIMEDOUT
        case "Network unreachable": self = .ENETUNREACH
        case "Host is unreachable": self = .EHOSTUNREACH
        case "No error information": self = .success
        default: return nil
        }
    }
}
