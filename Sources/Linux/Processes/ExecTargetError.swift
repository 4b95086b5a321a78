extension ExecTarget.LookupError {
    package func sentence(for command: String) -> String {
        switch self {
        case .notFound: "\(command): command not found"
        case .refused(let errno): "cannot run \(command): \(errno.description)"
        }
    }
}
