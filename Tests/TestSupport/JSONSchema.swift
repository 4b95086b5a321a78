import Glibc

/// A schema that is installed with the programs, held against what they print.
package struct JSONSchema {
    private let name: String

    /// - Parameter name: of its file in `etc/schema`.
    package init(_ name: String) { self.name = name }

    /// Why nothing can be judged here; `nil` if it can.
    package static let obstacle: String? =
        shell("/usr/bin/python3 -c 'import jsonschema'").succeeded
        ? nil : "no python3-jsonschema: install it"

    /// - Returns: what schema.py says of the documents.
    package func judge(_ json: String) -> Outcome {
        let file = "/tmp/\(name)-\(UInt64.random(in: 0...UInt64.max))"
        write(json, to: file)
        defer { unlink(file) }
        return shell(
            "/usr/bin/python3 \(tests)/StatusReportTests/schema.py \(tests)/../etc/schema/\(name) <\(file)"
        )
    }
}

private let tests = String(#filePath.dropLast("/TestSupport/JSONSchema.swift".count))
