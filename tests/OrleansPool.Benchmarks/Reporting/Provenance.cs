using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace OrleansPool.Benchmarks.Reporting;

/// <summary>Where figures come from: without it they are worth nothing.</summary>
internal static class Provenance
{
    public static string Describe() =>
        $"cpu: {Processor()}; {Environment.ProcessorCount} cores; {RuntimeInformation.FrameworkDescription}; {RuntimeInformation.OSDescription}; "
        + $"{DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC; commit {Commit()}; load {Load()}";

    /// <summary>What else decides the figures: the versions of what is compared.</summary>
    public static string Versions() =>
        $"Orleans {Version(typeof(IGrainFactory))}; Garnet {Version(typeof(Garnet.GarnetServer))}; "
        + $"StackExchange.Redis {Version(typeof(StackExchange.Redis.IDatabase))}; Redis {RedisVersion()}";

    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+', ' ')[0].TrimEnd('.')
            ?? type.Assembly.GetName().Version?.ToString() ?? "unknown";

    private static string RedisVersion() =>
        Output("redis-server", ["--version"])?.Split(' ').FirstOrDefault(word => word.StartsWith("v=", StringComparison.Ordinal))?[2..] ?? "missing";

    private static string Processor() =>
        !File.Exists("/proc/cpuinfo")
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
                ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static string Commit() => Output("git", ["describe", "--always", "--dirty"]) ?? "unknown";

    private static string? Output(string program, string[] arguments)
    {
        try
        {
            using Process? process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = AppContext.BaseDirectory,
            });
            string? text = process?.StandardOutput.ReadToEnd().Trim();
            return string.IsNullOrEmpty(text) ? null : text;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
