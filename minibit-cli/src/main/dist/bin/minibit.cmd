@echo off
rem Starts MiniBit, like the shell script beside it. Own flags go into MINIBIT_OPTS or JAVA_OPTS.
setlocal
set "HOME_DIR=%~dp0.."
if defined JAVA_HOME (
  set "JAVA=%JAVA_HOME%\bin\java.exe"
) else (
  set "JAVA=java.exe"
)
"%JAVA%" -version >nul 2>&1
if errorlevel 1 (
  echo minibit: no Java found; install version 17 or newer, or set JAVA_HOME 1>&2
  exit /b 1
)
set "OPTIONS="
if /i not "%~1"=="tracker" if exist "%HOME_DIR%\lib\java.options" set OPTIONS="@%HOME_DIR%\lib\java.options"
"%JAVA%" -XX:+UseSerialGC %OPTIONS% %JAVA_OPTS% %MINIBIT_OPTS% -cp "%HOME_DIR%\lib\minibit.jar" io.minibit.cli.Main %*
exit /b %ERRORLEVEL%
