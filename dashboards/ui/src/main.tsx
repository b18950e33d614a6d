import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { App } from './app';
import { startRouting } from './lib/route';

startRouting();
render(<App />, document.getElementById('app')!);
