using System.Runtime.CompilerServices;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Cluster.Tests.Packages;

/// <summary>
/// The repository as it is now, committed in a folder of its own, and packed into a folder that serves as a package feed. Nothing of it
/// touches the repository's own output, nor the machine's package cache: what is downloaded already is only read there.
/// </summary>
public sealed class PackedRepository : IAsyncLifetime
{
    /// <summary>What stands in the address of the clone's remote, and must be in no package.</summary>
    public const string Secret = "s3cr3t-of-the-remote";

    public static readonly string[] Libraries = ["OrleansPool.Abstractions", "OrleansPool.Core", "OrleansPool.Transport", "OrleansPool.Client", "OrleansPool.Server"];

    public static readonly string Tool = "OrleansPool.Cli";

    private readonly string _root = Directory.CreateTempSubdirectory("orleanspool-packages-").FullName;

    /// <summary>The clone.</summary>
    public string Clone => Path.Combine(_root, "clone");

    public string Feed => Path.Combine(_root, "feed");

    /// <summary>Restores our packages from the feed, and others from where the repository's own configuration says.</summary>
    public string NuGetConfig => Path.Combine(_root, "nuget.config");

    /// <summary>A folder for something that a test makes.</summary>
    public string FolderFor([CallerMemberName] string test = "") => Directory.CreateDirectory(Path.Combine(_root, test)).FullName;

    public string PackageOf(string id, string version = "0.1.0", string extension = "nupkg") => Path.Combine(Feed, $"{id}.{version}.{extension}");

    public async ValueTask InitializeAsync()
    {
        string files = await RunAsync(Repository.Root, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z");
        foreach (string file in files.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            string source = Path.Combine(Repository.Root, file);
            if (!File.Exists(source)) continue;
            string target = Path.Combine(Clone, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target);
        }

        await RunAsync(Clone, "git", "init", "--quiet");
        await RunAsync(Clone, "git", "add", "--all");
        await RunAsync(Clone, "git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message", "As it is");
        await RunAsync(Clone, "git", "remote", "add", "origin", $"https://somebody:{Secret}@github.com/example/orleanspool.git");
        await File.WriteAllTextAsync(NuGetConfig, $"""
            <?xml version="1.0" encoding="utf-8"?>
            <configuration>
              <packageSources>
                <clear />
                <add key="feed" value="{Feed}" />
                <add key="nuget.org" value="https://api.nuget.org/v3/index.json" protocolVersion="3" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="feed"><package pattern="OrleansPool.*" /></packageSource>
                <packageSource key="nuget.org"><package pattern="*" /></packageSource>
              </packageSourceMapping>
              <fallbackPackageFolders>
                <clear />
                <add key="machine" value="{MachinePackages}" />
              </fallbackPackageFolders>
            </configuration>
            """);
        foreach (string project in Libraries.Append(Tool)) await PackAsync(Clone, project, Feed);
    }

    /// <summary>Packs a project of a clone.</summary>
    public static Task<string> PackAsync(string clone, string project, string feed, params IEnumerable<string> more) =>
        RunAsync(clone, "dotnet", ["pack", $"src/{project}", "--output", feed, "-v", "quiet", .. more]);

    /// <summary>Runs a program with a package cache of the clone's own, and tells what it printed.</summary>
    public async Task<string> RunIsolatedAsync(params IEnumerable<string> command) =>
        await RunAsync(Clone, "env", [$"NUGET_PACKAGES={Path.Combine(_root, "packages")}", .. command]);

    /// <summary>Runs a program to its end, which has to be a good one.</summary>
    public static async Task<string> RunAsync(string folder, string program, params IEnumerable<string> arguments)
    {
        // No process stays behind to serve the next build.
        await using ChildProcess child = await ChildProcess.RunAsync(
            "env", ["-C", folder, "MSBUILDDISABLENODEREUSE=1", "UseSharedCompilation=false", "DOTNET_NOLOGO=1", program, .. arguments]);
        int code = await child.ExitCodeAsync();
        return code == 0 ? child.Output : throw new InvalidOperationException($"{program} ended with {code}.\n{child.Output}\n{child.Errors}");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string MachinePackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
