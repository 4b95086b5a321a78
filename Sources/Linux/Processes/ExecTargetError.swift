extension ExecTarget.LookupError {
    package func sentence(for command: String) -> String {
        switch self {
        case .notFound: "\(command): there is no such command"
        case .refused(let errno): "cannot run \(command): \(errno.description)"
        }
    }
}
