using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansPool.Cluster.Tests.Processes;

/// <summary>
/// Starts processes that the kernel kills when this one ends, however it ends. The kernel watches the thread that started them, so
/// one thread, which lives as long as the process, starts them all.
/// </summary>
internal static class ProcessStarter
{
    private const string Guard = "/usr/bin/setpriv";
    private static readonly BlockingCollection<Action> Work = [];

    static ProcessStarter() => new Thread(() =>
    {
        foreach (Action action in Work.GetConsumingEnumerable()) action();
    })
    { IsBackground = true, Name = "process starter" }.Start();

    public static Task<Process> StartAsync(string program, IEnumerable<string> arguments, string? workingDirectory = null)
    {
        var info = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (workingDirectory is not null) info.WorkingDirectory = workingDirectory;
        info.FileName = File.Exists(Guard) ? Guard : program;
        if (File.Exists(Guard))
        {
            foreach (string argument in new[] { "--pdeathsig", "KILL", program }) info.ArgumentList.Add(argument);
        }

        foreach (string argument in arguments) info.ArgumentList.Add(argument);
        info.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        return started.Task;
    }
}
