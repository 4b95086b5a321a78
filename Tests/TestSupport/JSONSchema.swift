import Glibc

/// A JSON schema that is installed with the programs.
package struct JSONSchema {
    private let name: String

    /// - Parameter name: the name of its file in `etc/schema`.
    package init(_ name: String) { self.name = name }

    /// Why nothing can be validated here; `nil` if it can.
    package static let obstacle: String? =
        shell("/usr/bin/python3 -c 'import jsonschema'").succeeded
        ? nil : "no python3-jsonschema: install it"

    /// Validates documents against the schema.
    /// - Returns: the output of schema.py.
    package func judge(_ json: String) -> Outcome {
        let file = "/tmp/\(name)-\(UInt64.random(in: 0...UInt64.max))"
        write(json, to: file)
        defer { unlink(file) }
        let schema = "\(tests)/../etc/schema/\(name)"
        return shell("/usr/bin/python3 \(tests)/StatusReportTests/schema.py \(schema) <\(file)")
    }
}

private let tests = String(#filePath.dropLast("/TestSupport/JSONSchema.swift".count))
