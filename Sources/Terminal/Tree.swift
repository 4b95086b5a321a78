/// A node with its branches, drawn as by tree(1).
package struct Tree: Sendable {
    package var label: StyledText
    /// Further lines of the label.
    package var details: [StyledText]
    package var branches: [Tree]

    package init(
        _ label: StyledText, details: [StyledText] = [], _ branches: [Tree] = []
    ) {
        self.label = label
        self.details = details
        self.branches = branches
    }

    /// The width of what is drawn before the label of a branch, in columns.
    package static let indent = 3

    package func lines(_ terminal: TerminalCapabilities) -> [StyledText] {
        [label] + details
            + branches.indices.flatMap { position in
                let isLast = position == branches.count - 1
                let (first, rest) =
                    switch (terminal.usesUnicode, isLast) {
                    case (true, false): ("├─ ", "│  ")
                    case (true, true): ("╰─ ", "   ")
                    case (false, false): ("|- ", "|  ")
                    case (false, true): ("`- ", "   ")
                    }
                return branches[position].lines(terminal).enumerated().map { number, line in
                    StyledText(number == 0 ? first : rest, .dim) + line
                }
            }
    }
}
