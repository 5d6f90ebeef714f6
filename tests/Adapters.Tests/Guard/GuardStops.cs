using System.Globalization;

namespace ChatOpsBot.Adapters.Tests.Guard;

/// <summary>Stops the guard at a chosen border: at the so manieth program that one of its processes calls.</summary>
internal static class GuardStops
{
    /// <summary>The programs that are replaced by <see cref="Wrapper"/>; the real ones are in /mnt/real.</summary>
    public const string Tools = "mv mkdir sync timeout rm setsid";

    /// <summary>
    /// Stands in for the programs that the guard calls, and at the chosen call of the chosen process (the runner or the watchdog, which setsid starts) kills it, holds it,
    /// or lets the watchdog fire. Calls whose number depends on timing are not counted.
    /// </summary>
    public const string Wrapper = """
        #!/bin/sh
        tool=${0##*/}
        if [ "$tool" = setsid ]; then
            COB_ROLE=$3
            export COB_ROLE
        elif [ -n "$COB_ROLE" ] && [ -f /mnt/inject ] && [ "$4" != tail ]; then
            read -r role at mode </mnt/inject
            if [ "$role" = "$COB_ROLE" ]; then
                n=0
                [ ! -f /mnt/calls ] || read -r n </mnt/calls
                n=$((n + 1))
                echo "$n" >/mnt/calls
                IFS=' ' read -r _ _ _ _ _ session _ </proc/self/stat
                if [ "$n" = "$at" ]; then
                    case $mode in
                    kill) "/mnt/real/$tool" "$@"; kill -KILL "$session"; exit 1 ;;
                    hold) # not for ever, should the test have ended
                        : >/mnt/held
                        for i in $(seq 1200); do
                            [ ! -e /mnt/go ] || break
                            sleep 0.05
                        done
                        ;;
                    fire)
                        for file in /run/chatops/plan-*/deadline; do echo '0 0' >"$file"; done
                        for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                            for state in /run/chatops/plan-*/state/*; do :; done
                            [ "${state##*/}" != reverting ] || break
                            sleep 0.1
                        done
                        ;;
                    esac
                fi
            fi
        fi
        exec "/mnt/real/$tool" "$@"
        """;

    /// <summary>At the given call of the runner (<c>run</c>) or watchdog (<c>watch</c>): <c>kill</c> (after the call), <c>fire</c> or <c>hold</c> (before it), or <c>count</c>.</summary>
    public static Task InjectAsync(this IGuardHost host, string role, int at, string mode)
        => host.ShAsync("rm -f /mnt/calls /mnt/held /mnt/go; echo \"$1 $2 $3\" >/mnt/inject", role, at.ToString(CultureInfo.InvariantCulture), mode);

    /// <summary>How many calls were counted.</summary>
    public static async Task<int> CallsAsync(this IGuardHost host) => int.Parse(await host.ShAsync("cat /mnt/calls"), CultureInfo.InvariantCulture);
}
