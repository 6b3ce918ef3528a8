namespace OrleansPool.Cluster.Tests.Processes;

/// <summary>Where the programs are that the tests start.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Silo => Program("silo", "OrleansPool.Silo.dll");

    public static string Tool => Program("src/OrleansPool.Cli", "OrleansPool.Cli.dll");

    public static string Dashboard => Program("dashboard/Host", "OrleansPool.Dashboard.Host.dll");

    public static string Benchmarks => Program("tests/OrleansPool.Benchmarks", "OrleansPool.Benchmarks.dll");

    /// <summary>A program as it was built in the configuration of these tests.</summary>
    private static string Program(string project, string file)
    {
        string configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')))!;
        string path = Path.Combine(Root, project, "bin", configuration, "net10.0", file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"Build the solution in {configuration} first: {path} is missing.");
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrleansPool.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("These tests run from inside the repository.");
    }
}
