using System.Security.Cryptography;
using System.Text.Json;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Cluster.Tests;

/// <summary>Real files through the command line: every file of the installed .NET shared frameworks, in by one silo, out by another.</summary>
public sealed class FrameworkFilesTests
{
    [Fact]
    public async Task Every_file_of_the_shared_frameworks_comes_back_as_it_was()
    {
        string shared = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", ".."));
        string[] files = [.. Directory.EnumerateFiles(shared, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        long bytes = files.Sum(file => new FileInfo(file).Length);
        string copy = Directory.CreateTempSubdirectory("orleanspool-copy-").FullName;
        await using ThreeSilos cluster = await ThreeSilos.StartAsync("96MiB");
        try
        {
            JsonElement put = await RunToolAsync(cluster, 0, "put", "--recursive", shared, "dotnet");
            JsonElement got = await RunToolAsync(cluster, 2, "get", "--recursive", "dotnet", copy);

            Assert.Equal((files.Length, bytes), (put.GetProperty("files").GetArrayLength(), put.GetProperty("bytes").GetInt64()));
            Assert.Equal((files.Length, bytes), (got.GetProperty("files").GetArrayLength(), got.GetProperty("bytes").GetInt64()));
            Assert.Equal(files.Length, Directory.EnumerateFiles(copy, "*", SearchOption.AllDirectories).Count());
            foreach (string file in files)
            {
                Assert.Equal(await HashAsync(file), await HashAsync(Path.Combine(copy, Path.GetRelativePath(shared, file))));
            }

            TestContext.Current.SendDiagnosticMessage($"{files.Length} files, {bytes:N0} bytes; put {Rate(put)}, get {Rate(got)}");
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private static async Task<JsonElement> RunToolAsync(ThreeSilos cluster, int silo, params string[] arguments)
    {
        await using ChildProcess tool = await ChildProcess.RunAsync(
            "dotnet", [Repository.Tool, .. arguments, "--gateway", cluster.Silos[silo].Gateway, "--cluster", cluster.Cluster, "--json"]);
        Assert.True(await tool.ExitCodeAsync() == 0, tool.Errors);
        return JsonDocument.Parse(tool.Output.TrimEnd().Split('\n')[^1]).RootElement;
    }

    private static string Rate(JsonElement report) => $"{report.GetProperty("bytesPerSecond").GetDouble() / (1 << 20):0} MiB/s";

    private static async Task<string> HashAsync(string file)
    {
        await using FileStream stream = File.OpenRead(file);
        return Convert.ToHexString(await SHA256.HashDataAsync(stream));
    }
}
