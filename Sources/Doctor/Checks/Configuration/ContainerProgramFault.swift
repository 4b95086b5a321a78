internal import Linux

extension ContainerProgram {
    /// Why the container cannot run it, as the end of a sentence that begins with its path, and how
    /// to fix it; `nil` if it can, or if that is not known.
    func fault(_ facts: Facts) -> (reason: String, fixes: [Fix])? {
        switch result.found {
        case .hidden, .unread: return nil
        case .missing:
            guard result.isLink else {
                return (
                    "does not exist in the container", [.advice("install it in the container")]
                )
            }
            return (
                "leads through a symbolic link to \(result.path.quoted), which does not exist in "
                    + "the container",
                [.advice("correct the link, or install that program in the container")]
            )
        case .file(let file, let place):
            guard file.isRegular else {
                return ("is not a program", [.advice("replace it with the program")])
            }
            guard file.mode & 0o111 != 0 else {
                return ("is not executable", [Init.executable(place, file, facts)])
            }
            return headerFault
        }
    }

    private var headerFault: (reason: String, fixes: [Fix])? {
        if let machine = header?.unsupportedMachine {
            return (machine, [.advice("install the program for the host's architecture")])
        }
        if case .empty = header {
            return ("is an empty file", [.advice("install the program again")])
        }
        guard interpreter == .missing, let name = header?.searchedProgram ?? header?.interpreter
        else { return nil }
        if header?.hasCarriageReturn == true {
            return (
                "needs \(name.quoted), which does not exist, because the lines of the script end "
                    + "with a carriage return (CR LF), as in Windows files",
                [.advice(Hooks.carriageReturns)]
            )
        }
        return (
            "needs \(name.quoted), which the container does not have",
            [.advice("install it in the container, or correct the program's first line")]
        )
    }
}
