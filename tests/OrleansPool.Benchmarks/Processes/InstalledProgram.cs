namespace OrleansPool.Benchmarks.Processes;

/// <summary>Programs of other people that yardsticks start.</summary>
internal static class InstalledProgram
{
    /// <exception cref="MissingProgramException">It is not there.</exception>
    public static string Find(string name, string package) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? throw new MissingProgramException(name, package);
}
