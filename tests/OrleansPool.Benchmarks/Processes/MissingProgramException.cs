namespace OrleansPool.Benchmarks.Processes;

/// <summary>A program that a yardstick needs is not installed.</summary>
internal sealed class MissingProgramException(string program, string package)
    : Exception($"{program} is missing: install Debian's package {package}");
