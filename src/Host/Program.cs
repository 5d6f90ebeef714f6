using System.Runtime.InteropServices;
using ChatOpsBot.Host;

using var interrupted = new CancellationTokenSource();
var exitCode = ExitCodes.Interrupted;
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCodes.Interrupted));
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, 128 + 15));
using var onHangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Stop(context, 128 + 1));

var run = CommandLine.RunAsync(args, Surroundings.OfProcess(), interrupted.Token);
return await run is var code && interrupted.IsCancellationRequested ? exitCode : code;

void Stop(PosixSignalContext context, int code)
{
    // A second signal takes its default course, so nobody is ever stuck with us.
    context.Cancel = !interrupted.IsCancellationRequested;
    exitCode = code;
    interrupted.Cancel();
}
